/**
 * Memory in MiB that a task on Fargate may have, by its CPU units; 1024 units are one vCPU. Written out, so that an editor offers them
 * (Amazon ECS Developer Guide, "Task CPU and memory").
 */
export const FARGATE_MEMORY_MB = {
  256: [512, 1024, 2048],
  512: [1024, 2048, 3072, 4096],
  1024: [2048, 3072, 4096, 5120, 6144, 7168, 8192],
  2048: [4096, 5120, 6144, 7168, 8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384],
  4096: [
    8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384, 17408, 18432, 19456, 20480, 21504, 22528, 23552, 24576,
    25600, 26624, 27648, 28672, 29696, 30720,
  ],
  8192: [16384, 20480, 24576, 28672, 32768, 36864, 40960, 45056, 49152, 53248, 57344, 61440],
  16384: [32768, 40960, 49152, 57344, 65536, 73728, 81920, 90112, 98304, 106496, 114688, 122880],
} as const;

/** CPU units that a task on Fargate may have. */
export type FargateCpu = keyof typeof FARGATE_MEMORY_MB;

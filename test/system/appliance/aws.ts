import type { Namespace, Running } from "./namespace";

const FOLDER = "/srv/aws";
const DOMAIN = "aws.test";
const REGION = "eu-central-1";

export const INSTANCE = "i-0123456789abcdef0";

interface Request {
  readonly action?: string;
  readonly body?: string;
  readonly get?: string;
  readonly query?: string;
  readonly signed: boolean;
  readonly status: number;
}

/** AWS as one machine sees it: its metadata, S3, Auto Scaling, CloudWatch Logs, and hosts that serve files by HTTPS. */
export class Aws {
  private constructor(
    private readonly machine: Namespace,
    private readonly server: Running,
  ) {}

  static async start(machine: Namespace, hosts: readonly string[] = []): Promise<Aws> {
    const names = [
      `autoscaling.${REGION}.${DOMAIN}`,
      `logs.${REGION}.${DOMAIN}`,
      `artifacts.s3.${REGION}.${DOMAIN}`,
      ...hosts,
    ];
    const alternatives = names.map((name) => `DNS:${name}`).join(",");
    machine.sh(`
      ip addr add 169.254.169.254/32 dev lo
      mkdir -p ${FOLDER}/objects
      printf '127.0.0.1 localhost ${names.join(" ")}\\n' >/etc/hosts
      cd ${FOLDER}
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=aws.test \\
        -addext 'subjectAltName=${alternatives}' -keyout key.pem -out certificate.pem 2>/dev/null
      # Where every program of the machine looks.
      cat certificate.pem >>/etc/ssl/certs/ca-certificates.crt`);
    const server = machine.start(["python3", "/repository/test/system/appliance/programs/aws.py", FOLDER]);
    const aws = new Aws(machine, server);
    aws.setMetadata("InService");
    aws.setAnswers({});
    await server.says("ready");
    return aws;
  }

  setMetadata(targetState: string): void {
    const items = {
      "services/domain": DOMAIN,
      "instance-id": INSTANCE,
      "placement/availability-zone": `${REGION}b`,
      "autoscaling/target-lifecycle-state": targetState,
    };
    this.machine.write(`${FOLDER}/metadata.json`, JSON.stringify(items));
  }

  /** Statuses of an action's, or a file's, next answers; then all goes well. */
  setAnswers(statuses: Readonly<Record<string, readonly number[]>>): void {
    this.machine.write(`${FOLDER}/answers.json`, JSON.stringify(statuses));
  }

  /** Puts a file of the machine where a host serves it. */
  publish(host: string, path: string, file: string): void {
    this.machine.sh(
      `mkdir -p "$(dirname '${FOLDER}/objects/${host}${path}')" && cp '${file}' '${FOLDER}/objects/${host}${path}'`,
    );
  }

  /** What an action answers when all goes well. */
  setReply(action: string, text: string): void {
    this.machine.write(`${FOLDER}/replies/${action}`, text);
  }

  requests(): readonly Request[] {
    return this.machine
      .sh(`cat ${FOLDER}/requests.jsonl 2>/dev/null || true`)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Request);
  }

  async stop(): Promise<void> {
    await this.server.stop("SIGKILL");
  }
}

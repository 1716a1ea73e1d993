import { image } from "../../../../lib/aws/ecs/image";

const DIGEST = `sha256:${"0a".repeat(32)}`;

test("an image is named by its tag", () => {
  expect(image("docker.io/wallarm/node", "7.1.0")).toBe("docker.io/wallarm/node:7.1.0");
});

test("a digest takes the tag's place: Amazon ECS reads no name with both", () => {
  expect(image("docker.io/wallarm/node", "7.1.0", DIGEST)).toBe(`docker.io/wallarm/node@${DIGEST}`);
});

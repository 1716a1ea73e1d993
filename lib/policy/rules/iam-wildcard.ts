import type { Statement } from "../policy-document";
import { statementsOf } from "../policy-document";
import type { Finding, PolicyRule } from "../rule";
import { valuesAt } from "../synthesized";

interface DocumentArgument {
  /** Dotted path of the argument that holds the document. */
  readonly argument: string;
  /**
   * `*` as a whole resource means the very thing the policy is attached to.
   *
   * @default false
   */
  readonly starIsItself?: boolean;
}

/** Where Terraform types carry policy documents: of identities, trust policies, and policies of resources. */
const DOCUMENTS: Readonly<Record<string, readonly DocumentArgument[]>> = {
  aws_cloudwatch_log_resource_policy: [{ argument: "policy_document" }],
  aws_dynamodb_resource_policy: [{ argument: "policy" }],
  aws_ecr_repository_policy: [{ argument: "policy" }],
  aws_iam_group_policy: [{ argument: "policy" }],
  aws_iam_policy: [{ argument: "policy" }],
  aws_iam_role: [{ argument: "assume_role_policy" }, { argument: "inline_policy.policy" }],
  aws_iam_role_policy: [{ argument: "policy" }],
  aws_iam_user_policy: [{ argument: "policy" }],
  aws_kinesis_resource_policy: [{ argument: "policy" }],
  // "Key policies in AWS KMS": in a key policy the resource "*" is this key.
  aws_kms_key: [{ argument: "policy", starIsItself: true }],
  aws_kms_key_policy: [{ argument: "policy", starIsItself: true }],
  aws_s3_bucket_policy: [{ argument: "policy" }],
  // "Resource-based policies" of Secrets Manager: the resource "*" is the secret the policy is attached to.
  aws_secretsmanager_secret_policy: [{ argument: "policy", starIsItself: true }],
  aws_sns_topic: [{ argument: "policy" }],
  aws_sns_topic_policy: [{ argument: "policy" }],
  aws_sqs_queue: [{ argument: "policy" }],
  aws_sqs_queue_policy: [{ argument: "policy" }],
  aws_vpc_endpoint: [{ argument: "policy" }],
  aws_vpc_endpoint_policy: [{ argument: "policy" }],
  // "Control access to VPC Lattice services using auth policies": what the policy is attached to, a service or a network of them.
  aws_vpclattice_auth_policy: [{ argument: "policy", starIsItself: true }],
  aws_vpclattice_resource_policy: [{ argument: "policy" }],
};

/** What is allowed is allowed by name. Denials may be as wide as they like. */
export const iamWildcard: PolicyRule = {
  id: "iam-wildcard",
  title: "No policy allows by wildcard without a reason",
  check: (block) =>
    (DOCUMENTS[block.type] ?? []).flatMap((document) =>
      valuesAt(block.attributes, document.argument)
        .filter((text) => text !== undefined)
        .flatMap((text) => {
          const statements = typeof text === "string" ? statementsOf(text) : undefined;
          return statements === undefined
            ? [unreadable(document.argument)]
            : statements.filter(({ allows }) => allows).flatMap((statement) => faultsOf(statement, document));
        }),
    ),
};

function faultsOf(statement: Statement, { starIsItself = false }: DocumentArgument): readonly Finding[] {
  const { name, conditional, elements } = statement;
  const faults: Finding[] = [];
  for (const scope of ["Action", "Resource"]) {
    const wide = (elements[scope] ?? []).filter(isWildcard);
    const itself = starIsItself && scope === "Resource" && wide.every((text) => text === "*");
    if (wide.length > 0 && !itself) {
      faults.push(finding(name, scope, `allows ${wide.join(", ")}`));
    }
  }
  for (const inverse of ["NotAction", "NotResource", "NotPrincipal"]) {
    const spared = elements[inverse];
    if (spared !== undefined) {
      faults.push(finding(name, inverse, `allows all but ${spared.join(", ")}`));
    }
  }
  if (elements.Principal?.includes("*") === true && !conditional) {
    faults.push(finding(name, "Principal", "allows everyone under no condition"));
  }
  return faults;
}

function finding(statement: string, element: string, message: string): Finding {
  const detail = `${statement}.${element}`;
  return {
    detail,
    message: `statement ${statement} ${message} (${element})`,
    remedy: statement.startsWith("#")
      ? "name what is meant, or give the statement a Sid and record an exception with its reason"
      : `name what is meant, or record an exception for "${detail}" with its reason`,
  };
}

function unreadable(argument: string): Finding {
  return {
    detail: argument,
    message: `${argument} is an expression that cannot be read before apply`,
    remedy: `write the document with JSON.stringify, or record an exception for "${argument}" with its reason`,
  };
}

/** Inside `${...}` only quoted text can become a wildcard: a bare `*` there is a splat, a bare `?` a condition. */
function isWildcard(text: string): boolean {
  const expressions = text.match(/\$\{[^}]*\}/g) ?? [];
  const literal = text.replaceAll(/\$\{[^}]*\}/g, "");
  return /[*?]/.test(literal) || expressions.some((expression) => /"[^"]*[*?][^"]*"/.test(expression));
}

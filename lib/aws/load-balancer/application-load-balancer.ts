import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbListenerCertificate } from "@cdktf/provider-aws/lib/lb-listener-certificate";
import { LbListenerRule, type LbListenerRuleAction } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { peerId, SecurityGroup } from "../network/security-group";
import type { AccessLogBucket } from "./access-log-bucket";
import { type Forwarding, type ForwardingRule, forwardingRules, VALUES_PER_RULE } from "./forwarding";
import type { JwtLogin, Login } from "./login";
import { LoginRules } from "./login-rules";

/** Who may reach a load balancer: IPv4 and IPv6 ranges, and prefix lists. */
export interface Clients {
  readonly cidrs: readonly string[];
  readonly prefixListIds: readonly string[];
}

/** Properties of {@link ApplicationLoadBalancer}. */
export interface ApplicationLoadBalancerProps {
  /** Full name; shortened to fit. Another name makes another load balancer. */
  readonly name: string;
  readonly vpcId: string;
  /** In two zones at least; public ones for the scheme `public`, with IPv6 ranges for {@link dualStack}. */
  readonly subnetIds: readonly string[];
  /** Whether its addresses are of the internet or of the VPC. Another scheme makes another load balancer, after the old one is gone. */
  readonly scheme: "public" | "internal";
  readonly ingress: Clients;
  /** Answers plain HTTP by pointing to HTTPS. Without it nothing listens on port 80. */
  readonly httpRedirect: boolean;
  /** IPv6 addresses besides those of IPv4. */
  readonly dualStack: boolean;
  /** What becomes of requests that servers might read in two ways. */
  readonly desyncMode: "defensive" | "strictest";
  /** How long a connection without a byte is kept, in seconds: shorter than the targets keep theirs. */
  readonly idleTimeoutSeconds: number;
  /** Shown to whoever asks for a name that no other is for. When it changes, the listener takes the new one without closing connections. */
  readonly certificateArn: string;
  /** Further certificates for names of their own, up to 25, by the ids they have here. @default - none */
  readonly furtherCertificates?: ReadonlyMap<string, string>;
  /**
   * Where requests go that no rule answers, by the host that is asked for. They are asked in this order: of two that hold the same host, by
   * a wildcard too, the first has it. Whoever asks for another host is answered 421, and no target hears of it.
   */
  readonly forwardings: readonly Forwarding[];
  /** Lets through only requests of those who have proved who they are. @default - everybody who may connect */
  readonly login?: Login;
  readonly accessLogs: AccessLogBucket;
  /** @default - no web ACL */
  readonly webAclArn?: string;
  /** Keeps anybody from deleting it, Terraform included. */
  readonly protect: boolean;
}

const HTTP = 80;
const HTTPS = 443;

const ANYWHERE = "0.0.0.0/0";

/**
 * TLS 1.3 and 1.2 with forward secrecy and authenticated encryption only, and post-quantum key exchange for clients that offer it.
 * Without a policy named, a listener made by the API gets one of 2016 (Elastic Load Balancing, Application Load Balancers, "Security
 * policies for your Application Load Balancer").
 */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** Elastic Load Balancing, "Quotas for your Application Load Balancers": certificates besides the default, unless the account has more. */
const FURTHER_CERTIFICATES = 25;

/** Rules are asked in the order of their numbers: those that answer by themselves stand before those that forward. */
const FIRST_FORWARDING = 100;

/**
 * Where rules begin that AWS CloudFormation makes. It makes them while Terraform still takes its own away, or the other way round, and no
 * two rules have one number.
 */
const FIRST_BEHIND_LOGIN = 1000;

/**
 * An Application Load Balancer that speaks HTTPS to its clients and forwards what is asked of its own hosts. By itself it lets
 * nothing out but, for a login, its own questions to the identity provider.
 */
export class ApplicationLoadBalancer extends Construct {
  readonly arn: string;
  /** Names it in metrics: `app/<name>/<id>`. */
  readonly arnSuffix: string;
  readonly dnsName: string;
  /** Hosted zone of {@link dnsName}, for alias records. */
  readonly zoneId: string;
  /** Admits clients. Let it out to the targets. */
  readonly securityGroup: SecurityGroup;
  readonly listenerArn: string;
  /**
   * What listens on 443, and what forwards from there. A target group takes no targets of a service before these are there: let the
   * service depend on them.
   */
  readonly listening: readonly ITerraformDependable[];
  #rules = 0;

  /** @throws RangeError for no hosts, since nothing would be forwarded, and for more certificates than AWS takes */
  constructor(scope: Construct, id: string, props: ApplicationLoadBalancerProps) {
    super(scope, id);
    const { accessLogs } = props;
    const name = fitName(props.name, NAME_RULES.loadBalancer);
    this.securityGroup = new SecurityGroup(this, "security-group", {
      name: `${props.name}-balancer`,
      description: "Clients of the load balancer",
      vpcId: props.vpcId,
    });
    const admitted = this.#admit(props);
    const balancer = new Lb(this, "Resource", {
      name,
      loadBalancerType: "application",
      internal: props.scheme === "internal",
      ipAddressType: props.dualStack ? "dualstack" : "ipv4",
      subnets: [...props.subnetIds],
      securityGroups: [this.securityGroup.id],
      enableDeletionProtection: props.protect,
      idleTimeout: props.idleTimeoutSeconds,
      desyncMitigationMode: props.desyncMode,
      dropInvalidHeaderFields: true,
      preserveHostHeader: true,
      // The client's address comes last in the header, whatever the client wrote there, and as an address alone.
      xffHeaderProcessingMode: "append",
      enableXffClientPort: false,
      // Requests that AWS WAF cannot judge are refused.
      enableWafFailOpen: false,
      accessLogs: { enabled: true, bucket: accessLogs.name, prefix: accessLogs.accessPrefix },
      connectionLogs: { enabled: true, bucket: accessLogs.name, prefix: accessLogs.connectionPrefix },
      tags: { Name: props.name },
      // It tries to write a log as soon as it is made, and writes until it is gone.
      dependsOn: [accessLogs.policy, ...admitted],
    });
    const listener = new LbListener(this, "https", {
      loadBalancerArn: balancer.arn,
      port: HTTPS,
      protocol: "HTTPS",
      sslPolicy: TLS_POLICY,
      certificateArn: props.certificateArn,
      defaultAction: [fixedResponse("421", "Misdirected Request")],
    });
    if (props.httpRedirect) {
      new LbListener(this, "http", {
        loadBalancerArn: balancer.arn,
        port: HTTP,
        protocol: "HTTP",
        defaultAction: [{ type: "redirect", redirect: TO_HTTPS }],
      });
    }
    if (props.webAclArn !== undefined) {
      new Wafv2WebAclAssociation(this, "web-acl", { resourceArn: balancer.arn, webAclArn: props.webAclArn });
    }
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.listenerArn = listener.arn;
    this.listening = [listener, ...this.#addCertificates(props), ...this.#forward(props)];
    if (props.login !== undefined) {
      this.securityGroup.allowOut("login", { cidr: ANYWHERE }, HTTPS, "The identity provider: keys, tokens and names");
    }
  }

  /**
   * Answers some paths with 404, whatever the targets would say. Patterns are compared with the path as the client wrote it: one that
   * says the same in another spelling gets through. Health checks do not pass here.
   *
   * @param pathPatterns `*` is any run of characters, `?` any one
   * @throws RangeError for no pattern, or more than 5: AWS takes no more in one rule
   */
  answerNotFound(id: string, pathPatterns: readonly string[]): void {
    if (pathPatterns.length < 1 || pathPatterns.length > VALUES_PER_RULE) {
      throw new RangeError(
        `${id}: a listener rule has 1 to ${VALUES_PER_RULE} path patterns, not ${pathPatterns.length}`,
      );
    }
    this.#rules += 1;
    new LbListenerRule(this, id, {
      listenerArn: this.listenerArn,
      priority: this.#rules,
      condition: [{ pathPattern: { values: [...pathPatterns] } }],
      action: [fixedResponse("404", "Not Found")],
    });
  }

  #addCertificates({ furtherCertificates = new Map() }: ApplicationLoadBalancerProps): readonly ITerraformDependable[] {
    if (furtherCertificates.size > FURTHER_CERTIFICATES) {
      throw new RangeError(
        `${this.node.id}: a listener has ${FURTHER_CERTIFICATES} certificates at most besides its first, not ${furtherCertificates.size}`,
      );
    }
    const { listenerArn } = this;
    return [...furtherCertificates].map(
      ([id, certificateArn]) => new LbListenerCertificate(this, `certificate-${id}`, { listenerArn, certificateArn }),
    );
  }

  #forward({ name, forwardings, login }: ApplicationLoadBalancerProps): readonly ITerraformDependable[] {
    const oidc = login !== undefined && "oidc" in login ? login.oidc : undefined;
    const rules = forwardingRules(forwardings, oidc === undefined ? FIRST_FORWARDING : FIRST_BEHIND_LOGIN);
    if (rules.length === 0) throw new RangeError(`${this.node.id}: a load balancer without hosts forwards nothing`);
    const { listenerArn } = this;
    if (oidc !== undefined) {
      return [new LoginRules(this, "login-rules", { name, listenerArn, rules, login: oidc }).resource];
    }
    const jwt = login !== undefined && "jwt" in login ? login.jwt : undefined;
    return rules.map(
      (rule) =>
        new LbListenerRule(this, rule.id, {
          listenerArn,
          priority: rule.priority,
          condition: [{ hostHeader: { values: [...rule.hosts] } }],
          action: forwardActions(rule, jwt),
        }),
    );
  }

  #admit({ ingress, httpRedirect }: ApplicationLoadBalancerProps): readonly ITerraformDependable[] {
    const peers = [
      ...[...new Set(ingress.cidrs)].map((cidr) => ({ cidr })),
      ...[...new Set(ingress.prefixListIds)].map((prefixListId) => ({ prefixListId })),
    ];
    return peers.flatMap((peer) => [
      this.securityGroup.admit(`https-${peerId(peer)}`, peer, HTTPS, "HTTPS from clients"),
      ...(httpRedirect
        ? [this.securityGroup.admit(`http-${peerId(peer)}`, peer, HTTP, "HTTP from clients, sent on to HTTPS")]
        : []),
    ]);
  }
}

/** Everybody that a load balancer can be reached by at all: the internet, or its own VPC. */
export function everybody(
  { scheme, dualStack }: Pick<ApplicationLoadBalancerProps, "scheme" | "dualStack">,
  vpcCidr: string,
): Clients {
  if (scheme === "internal") return { cidrs: [vpcCidr], prefixListIds: [] };
  return { cidrs: dualStack ? [ANYWHERE, "::/0"] : [ANYWHERE], prefixListIds: [] };
}

/** What forwards a request, after its token has been looked at where one is asked for. */
function forwardActions({ targetGroupArn }: ForwardingRule, jwt: JwtLogin | undefined): LbListenerRuleAction[] {
  if (jwt === undefined) return [{ type: "forward", targetGroupArn }];
  const additionalClaim = jwt.claims?.map(({ name, format, values }) => ({ name, format, values: [...values] }));
  return [
    {
      type: "jwt-validation",
      order: 1,
      jwtValidation: { issuer: jwt.issuer, jwksEndpoint: jwt.jwksUrl, additionalClaim },
    },
    { type: "forward", order: 2, targetGroupArn },
  ];
}

/** What the load balancer says by itself, as an action. */
function fixedResponse(statusCode: string, messageBody: string) {
  return { type: "fixed-response", fixedResponse: { contentType: "text/plain", messageBody, statusCode } } as const;
}

/** The same address, over HTTPS. */
const TO_HTTPS = {
  statusCode: "HTTP_301",
  protocol: "HTTPS",
  port: String(HTTPS),
  host: "#{host}",
  path: "/#{path}",
  query: "#{query}",
} as const;

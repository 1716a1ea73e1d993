import { defineEnvironment } from "../lib/environment";

/**
 * The example environment: every section that this version implements, with the values that matter first.
 *
 * To describe your own, copy this file to `environments/<name>.ts` and change `name` to the same name. While a file of your
 * own is here, this one is left alone. Fields have a description in your editor; leave out what you do not need.
 */
export default defineEnvironment({
  // Begins the name of every stack and resource. The file has the same name.
  name: "example",

  // true: deletion protection and prevent_destroy on what holds data or addresses. Switch it on for what people rely on.
  protect: false,

  // On every resource, besides Ringfence's own two.
  tags: { owner: "platform" },

  // Where Terraform keeps its states: here, in an S3 bucket, or in HCP Terraform. See docs/state.md.
  state: { kind: "local" },
  // state: { kind: "s3", bucket: "acme-terraform-state", region: "eu-central-1" },
  // state: { kind: "hcp", organization: "acme", project: "platform" },

  // SNS topics that hear of every alarm.
  notify: { alarmTopicArns: [] },

  // Admitted wherever a fence stands. Put your own addresses here before you ever enforce.
  access: {
    operators: ["198.51.100.0/24", "2001:db8:100::/48"], // people: offices, VPN
    runners: ["203.0.113.64/28"], // machines: CI, HCP Terraform agents
  },

  // One account and Region. The provider refuses to touch any other account.
  aws: {
    accountId: "111122223333",
    region: "eu-central-1",
    // A VPC with a fixed egress address in each zone; they are written into the allowlist by themselves.
    network: {
      cidr: "10.20.0.0/16",
      zones: ["a", "b", "c"],
      // inspection: through the appliances of the section below, from the same addresses. Then leave nat out.
      egress: "nat",
      // zone: a NAT gateway in each zone. single: one for all, where an outage of its zone may cut off the others.
      nat: "zone",
      // Routes to AWS services that cost nothing and bypass NAT; see docs/stacks/aws-network.md before you switch them on.
      gatewayEndpoints: [],
      // Addresses in the VPC for the AWS services that the stacks below use; "none" goes to them through NAT, and is cheaper for few nodes.
      interfaceEndpoints: "needed",
    },
    // A secret with a Docker Hub account: images are then pulled from a cache in your own registry.
    dockerHub: {
      credentialSecretArn:
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf",
    },
  },

  // The server that the fence protects, and the load balancers in front of it. Without any, the web ACL is only exported.
  // Who registers clusters there: the variable RANCHER_TOKEN_KEY, which is set where Terraform runs.
  rancher: {
    url: "https://rancher.example.com",
    loadBalancerArns: [
      "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/rancher/50dc6c495c0c9188",
    ],
    // Clusters made elsewhere that shall stand in Rancher, by name: a stack for each.
    clusters: {
      "otc-billing": {
        // manual: the stack says how to fetch the command that brings Rancher's agent in, and somebody runs it in the cluster.
        agent: "manual",
        // The addresses it comes from. They are admitted before the cluster is registered.
        egress: ["203.0.113.10/32", "203.0.113.11/32"],
        // What Fleet selects clusters by.
        labels: { cloud: "otc", team: "billing" },
      },
    },
  },

  allowlist: {
    // observe: count and log who would be refused, and let everybody in. enforce: refuse them.
    mode: "observe",
    // Shown to whoever is refused.
    contact: "platform@example.com",
    // IP sets of 10,000 addresses each.
    capacity: { ipv4Sets: 1, ipv6Sets: 1 },
    // Clusters that somebody else registers in Rancher, by name, with the addresses they come from.
    clusters: { "gke-search": ["192.0.2.128/28", "2001:db8:200::/56"] },
  },

  // A fleet of appliances through which all leaves, with egress: "inspection" above. Suricata watches there. See docs/stacks/inspection.md.
  // inspection: {
  //   network: { cidr: "10.30.0.0/20" },
  //   // Further VPCs, attached to the transit gateway by whoever owns them.
  //   spokes: { payments: { attachmentId: "tgw-attach-0123456789abcdef0", cidrs: ["10.50.0.0/16"] } },
  //   // Appliances in each zone. With one, a zone is without any while it is replaced after a failure.
  //   fleet: { architecture: "arm64", minPerZone: 2, maxPerZone: 4 },
  //   // Ubuntu's image with what is fetched at boot: an instance runs nothing that has another checksum.
  //   image: {
  //     plain: "ubuntu-24.04",
  //     gwlbtun: { url: "https://artifacts.example.com/gwlbtun-3.2-arm64", sha256: "…" },
  //     cloudwatchAgent: { url: "https://artifacts.example.com/amazon-cloudwatch-agent-arm64.deb", sha256: "…" },
  //   },
  // },

  // Wallarm filtering nodes in front of HTTP services, one stack for each edge.
  wallarm: {
    api: {
      domain: "api.example.com",
      // Where requests go that the nodes let through. Admit the nodes' security group alone there.
      upstream: "https://kong.internal.example.com",
      // The Wallarm Cloud of your account.
      cloud: "eu",
      // monitoring: report attacks, and block nothing. Later: safe_blocking, block.
      mode: "monitoring",
      // A secret that you made; `token: { revision: 1 }` makes one, whose value comes from the variable node_token.
      token: {
        existing: { secretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallarm/node-token-AbCdEf" },
      },
      // The domain's zone in Route 53: record and certificate are made there. Without a zone, give a certificateArn.
      zoneId: "Z0123456789ABCDEFGHIJ",
    },
    // For callers inside: private addresses only.
    partners: {
      domain: "partners.example.com",
      upstream: "http://orders.internal.example.com:8080",
      cloud: "eu",
      token: {
        existing: { secretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallarm/node-token-AbCdEf" },
      },
      certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
      scheme: "internal",
      // The VPC and what reaches it through a transit gateway or VPN.
      ingress: { cidrs: ["10.20.0.0/16", "10.64.0.0/12"] },
      // CPU units and MiB: the smallest pair that carries some hundred requests a second.
      size: { cpu: 1024, memoryMb: 2048 },
    },
  },

  // Services of VPC Lattice, and a load balancer with proxies through which those outside reach them. See docs/stacks/lattice.md.
  lattice: {
    services: {
      shop: {
        // Who may call, by signed requests; nobody else. Without it: the proxies.
        allow: [
          { callers: "proxy" },
          { callers: ["arn:aws:iam::111122223333:role/reports"], methods: ["GET"], paths: ["/v1/*"] },
        ],
        // Instances, addresses, a load balancer or a function, in groups that share the requests by weight.
        targets: {
          web: { kind: "ip", port: 8080, ids: ["10.20.30.40", "10.20.30.41"], healthCheck: { path: "/health" } },
          canary: { kind: "ip", port: 8080, ids: ["10.20.30.50"], healthCheck: { path: "/health" } },
        },
        defaultTo: { web: 95, canary: 5 },
      },
    },
    ingress: {
      // Proxies that always run; for few requests a function, kind: "lambda", costs less.
      kind: "fleet",
      // The hosts' zone in Route 53: records and certificates are made there. Without a zone, give a certificateArn.
      zoneId: "Z0123456789ABCDEFGHIJ",
    },
    // Host to service. Any other host is answered 421.
    hosts: { "shop.example.com": { service: "shop", paths: ["/v1", "/v2"] } },
  },

  // One subscription and location. The provider refuses to touch any other subscription.
  azure: {
    tenantId: "11111111-1111-1111-1111-111111111111",
    subscriptionId: "22222222-2222-2222-2222-222222222222",
    location: "westeurope",
    // A VNet whose one way out is a firewall; its addresses are written into the allowlist for each cluster by themselves.
    network: {
      // In 16 blocks: one for the firewall, and one for each cluster slot. It overlaps nothing else.
      cidr: "10.40.0.0/16",
      firewall: {
        // Premium adds intrusion detection, for about 1.4 times the price.
        tier: "Standard",
        zones: [1, 2, 3],
        // Names of your own; a name is an address. primary stays for the firewall's life, others come and go.
        publicIps: ["primary", "second"],
        // What may leave besides what AKS and Rancher need. Everything else is refused.
        rules: {
          application: { payments: { fqdns: ["api.payments.example.com"] } },
          network: { ntp: { destinations: { fqdns: ["ntp.example.com"] }, ports: ["123"], protocols: ["UDP"] } },
          ipGroups: {},
        },
      },
      // Behind the firewall, for many connections: its addresses are then what the internet sees. It stands in one zone, and so would the
      // firewall, with zones: [1]; see docs/stacks/azure-network.md.
      // natGateway: { publicIps: ["nat-1"] },
    },
  },

  // Clusters by name: a stack for each.
  aks: {
    payments: {
      // Its block of the VNet, 0 to 14. It never changes.
      slot: 0,
      // Without a patch, so that AKS keeps it at the newest one. Azure refuses a new cluster of a version that is out of support:
      // az aks get-versions --location westeurope
      // Your Rancher must know it too; where it does not yet, supportPlan: "AKSLongTermSupport" keeps an older one supported.
      kubernetesVersion: "1.35",
      // public: a public address that admits only the firewall, `access`, and whom you add. vnetIntegration, private: see docs/stacks/aks.md.
      apiServer: { access: "public", awsEgress: true, alsoAdmit: [] },
      // Addresses inside the cluster.
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.245.0.0/16",
      // Groups of Microsoft Entra that administer the cluster. There are no local accounts.
      adminGroupIds: ["33333333-3333-3333-3333-333333333333"],
      // For critical add-ons only.
      systemPool: { vmSize: "Standard_D4ds_v5", min: 3, max: 6 },
      // For everything else. The size has a d: the system's image lies on the machine's own disk.
      nodePools: { work: { vmSize: "Standard_D4ds_v5", min: 3, max: 12 } },
      upgrade: {
        automaticChannel: "patch",
        nodeOsChannel: "NodeImage",
        // Times are in UTC unless you write utcOffset.
        windows: {
          planned: { dayOfWeek: "Sunday", startTime: "02:00", durationHours: 4 },
          autoUpgrade: { dayOfWeek: "Saturday", startTime: "02:00", durationHours: 4 },
          nodeOs: { dayOfWeek: "Sunday", startTime: "06:00", durationHours: 4 },
        },
      },
      // A stack of its own registers it in Rancher. runCommand: Azure's run command brings the agent in, without anybody who can reach the API
      // server. manual, hosted: see docs/stacks/rancher.md.
      rancher: {
        agent: "runCommand",
        labels: { cloud: "azure", team: "payments" },
        // Groups of your sign-in provider by their role in the cluster.
        members: { "cluster-member": ["azuread_group://44444444-4444-4444-4444-444444444444"] },
      },
    },
  },

  // With states in S3 or HCP Terraform: who runs the set besides you, with rights of their own, and the bucket. See docs/stacks/bootstrap.md.
  // bootstrap: { github: { repository: "acme/fences" }, bucket: {} },
});

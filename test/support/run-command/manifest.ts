/** What decides about the manifest that Rancher makes for an agent. */
export interface ManifestSettings {
  readonly token: string;
  /** Rancher's setting `server-url`. */
  readonly server?: string;
  /** Checksum of Rancher's setting `cacerts`. @default - the setting is empty */
  readonly checksum?: string;
  /** Whether `agent-tls-mode` is `strict`. */
  readonly strict?: boolean;
  readonly image?: string;
}

/** A manifest with those parts of Rancher's that matter for applying it, in Rancher's way of writing them. */
export function manifest(settings: ManifestSettings): string {
  const { token, server = "https://rancher.example.com", checksum = "", strict = false } = settings;
  const credential = `cattle-credentials-${Buffer.from(token).toString("hex").slice(0, 10)}`;
  return `
---
apiVersion: v1
kind: Namespace
metadata:
  name: cattle-system
---

apiVersion: v1
kind: Secret
metadata:
  name: ${credential}
  namespace: cattle-system
type: Opaque
data:
  url: "${base64(server)}"
  token: "${base64(token)}"

---

apiVersion: apps/v1
kind: Deployment
metadata:
  name: cattle-cluster-agent
  namespace: cattle-system
spec:
  template:
    spec:
      tolerations:
      # what the agent bears with
      - effect: NoSchedule
        key: node-role.kubernetes.io/controlplane
        value: "true"
      containers:
        - name: cluster-register
          imagePullPolicy: IfNotPresent
          env:
          - name: CATTLE_SERVER
            value: "${server}"
          - name: CATTLE_CA_CHECKSUM
            value: "${checksum}"
          - name: CATTLE_CREDENTIAL_NAME
            value: ${credential}
          - name: CATTLE_INSTALL_UUID
          - name: STRICT_VERIFY
            value: "${String(strict)}"
          image: "${settings.image ?? "rancher/rancher-agent:v2.11.16"}"
`;
}

/** Text in base64, as a Secret of Kubernetes holds it. */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

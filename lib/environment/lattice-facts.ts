import type { LatticeServiceEnvironment, LatticeStatement, MadeLatticeService } from "./environment";

/** Whether a service of the environment is made with it. */
export const isMade = (service: LatticeServiceEnvironment): service is MadeLatticeService => !("existing" in service);

/** What the auth policy of a service made here allows; nothing stands in the policy of one that has none. */
export function statementsOf({ auth, allow }: MadeLatticeService): readonly LatticeStatement[] {
  return auth === "none" ? [] : (allow ?? [{ callers: "proxy" }]);
}

/** What a service listens on. */
export interface LatticeListener {
  readonly tls: boolean;
  readonly port: number;
}

/** The listener of a service, made here or existing. */
export function listenerOf(service: LatticeServiceEnvironment): LatticeListener {
  const { protocol, port } = isMade(service) ? service.listener : service.existing.listener;
  const tls = protocol === "https";
  return { tls, port: port ?? (tls ? 443 : 80) };
}

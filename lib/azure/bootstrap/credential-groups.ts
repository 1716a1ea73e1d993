/**
 * Most federated credentials of one identity (Microsoft Entra documentation, "Important considerations and restrictions for federated
 * identity credentials").
 */
export const CREDENTIALS_PER_IDENTITY = 20;

/**
 * Parts workspaces among as many identities as they need. All of most sets go to one. Who comes behind keeps the place of those before,
 * and who leaves moves those behind: once the workspaces are deployed too they sign in as the other identity, which may do the same.
 *
 * @param shared how many credentials the first identity has besides
 * @returns one group at least, if an empty one
 */
export function credentialGroups<Workspace>(
  workspaces: readonly Workspace[],
  shared: number,
): readonly (readonly Workspace[])[] {
  const first = workspaces.slice(0, CREDENTIALS_PER_IDENTITY - shared);
  const rest = workspaces.slice(first.length);
  return [first, ...(rest.length === 0 ? [] : credentialGroups(rest, 0))];
}

import { credentialGroups } from "../../../../lib/azure/bootstrap/credential-groups";

const workspaces = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const sizes = (count: number, shared = 0): readonly number[] =>
  credentialGroups(workspaces(count), shared).map((group) => group.length);

describe("identities of workspaces", () => {
  it("are one as long as their credentials fit", () => {
    expect(sizes(0)).toEqual([0]);
    expect(sizes(1)).toEqual([1]);
    expect(sizes(20)).toEqual([20]);
    expect(sizes(18, 2)).toEqual([18]);
  });

  it("are as many as it takes, the first with room for what it has besides", () => {
    expect(sizes(21)).toEqual([20, 1]);
    expect(sizes(19, 2)).toEqual([18, 1]);
    expect(sizes(59, 2)).toEqual([18, 20, 20, 1]);
  });

  it("keep their workspaces when another comes behind them", () => {
    const [first, second] = credentialGroups(workspaces(30), 2);
    expect(credentialGroups(workspaces(31), 2)).toEqual([first, [...(second ?? []), 30]]);
  });
});

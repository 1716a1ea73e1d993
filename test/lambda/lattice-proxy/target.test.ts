import { targetFault } from "../../../lambda/lattice-proxy/target";

test.each([
  ["/", undefined],
  ["/a//b/", undefined],
  ["/a%2Fb%5cc", undefined],
  ["/a.b/.well-known/..x/x../...", undefined],
  ["/100%25/%2525", undefined],
  ["//other.example.com/", undefined],
  ["/a;b=.;c", undefined],
  ["/x", "q=%zz&a=b/../c?d&%00&;|^`{}[]\"<>'\\"],
])("%s with the query %s is passed on", (path, query) => {
  expect(targetFault(path, query)).toBeUndefined();
});

test.each([
  ["", /slash/],
  ["*", /slash/],
  ["http://other.example.com/", /slash/],
  ["/a b", /encoded/],
  ["/a\r\nhost: x", /encoded/],
  ["/a\u0000", /encoded/],
  ["/ü", /encoded/],
  ["/a?b", /parts/],
  ["/a#b", /parts/],
  ["/a\\b", /backslash/],
  ["/a%00", /NUL/],
  ["/100%", /percent/],
  ["/%zz", /percent/],
  ["/.", /dot/],
  ["/a/../b", /dot/],
  ["/a/..", /dot/],
  ["/./a", /dot/],
  ["/%2e%2E/a", /dot/],
  ["/a/.%2e", /dot/],
  ["/a/..%2fb", /dot/],
  ["/a%2F..%2Fb", /dot/],
  ["/a%5C..%5cb", /dot/],
  ["/a/..;x/b", /dot/],
  ["/a/..%3bx", /dot/],
])("the path %j is refused", (path, fault) => {
  expect(targetFault(path)).toMatch(fault);
});

test.each(["a b", "ü", "a\r\nb", "a#b", "\u007f"])("the query %j is refused", (query) => {
  expect(targetFault("/", query)).toBeDefined();
});

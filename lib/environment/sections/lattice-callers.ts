import { z } from "zod";

import { expected, oneOf, says, text } from "../fields";
import { eitherOf, listOf, section } from "../shapes";
import { principalArn } from "./principals";

/** Methods that a policy, a route or a host can name; CONNECT and TRACE pass no proxy. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** A method of HTTP. */
export const method = oneOf(METHODS);

/** Methods of HTTP. */
export const methods = listOf(method, "a list of methods", '["GET", "HEAD"]', {
  min: 1,
  fault: says("must name a method", "leave 'methods' out for all of them"),
});

/** Without empty parts and dots, which proxies take out before they compare. */
const NORMAL = String.raw`(?!.*(//|/\.{1,2}(/|$)))`;
const PLAIN = String.raw`[\w@:+.~&/=-]`;

/** Encoded slashes, backslashes and NUL are refused by proxies: two servers could read them differently. */
const ENCODED = "%(?!2[Ff]|5[Cc]|00)[0-9A-Fa-f]{2}";

/** A path that begins with a slash, in the characters that VPC Lattice compares (VPC Lattice API Reference, "PathMatchType"). */
export const absolutePath = text({
  pattern: new RegExp(`^(?=.{1,200}$)${NORMAL}/(${PLAIN}|${ENCODED})*$`),
  what: "a path that begins with a slash, without query, empty part, dots and encoded slash, 200 characters at most",
  example: '"/v1"',
});

/** As a path, and `*` stands for any run of characters. */
const pathPattern = text({
  pattern: new RegExp(`^(?=.{1,200}$)${NORMAL}/([*]|${PLAIN}|${ENCODED})*$`),
  what: "a path that begins with a slash, in which * stands for anything, without query, empty part, dots and encoded slash, 200 characters at most",
  example: '"/v1/*"',
});

const WORDS = ["proxy", "account", "organization"] as const;
const CALLERS = '"proxy", "account", "organization", or a list of ARNs';

const words = z.enum(WORDS, { error: expected(CALLERS, `write ${CALLERS}`) });

const arns = listOf(principalArn, CALLERS, '["arn:aws:iam::111122223333:role/orders"]', {
  min: 1,
  fault: says("must name somebody", "take the statement out: who is not named may call nothing"),
});

const statement = section('{ callers: "account", methods: ["GET"], paths: ["/v1/*"] }', {
  /**
   * Who may call, by signed requests: the proxies made here (`proxy`), everybody in this account whose own policies allow it (`account`),
   * the same in all accounts of `organization`, or roles, users and accounts by ARN.
   */
  callers: eitherOf(words, arns, Array.isArray),
  /** Organization that callers belong to: whom `callers: "organization"` stands for, or all of whom ARNs must be of. @default - none */
  organization: text({
    pattern: /^o-[a-z0-9]{10,32}$/,
    what: "the id of an organization",
    example: '"o-a1b2c3d4e5"',
  }).optional(),
  /** @default - all methods */
  methods: methods.optional(),
  /** @default - all paths */
  paths: listOf(pathPattern, "a list of paths", '["/v1/*"]', {
    min: 1,
    fault: says("must name a path", "leave 'paths' out for all of them"),
  }).optional(),
});

/** What an auth policy allows. Nothing else is. */
export const statements = listOf(statement, "a list of statements", '[{ callers: "account" }]', {
  min: 1,
  fault: says(
    "must allow something: VPC Lattice refuses all where a policy is missing",
    'write [{ callers: "account" }]',
  ),
});

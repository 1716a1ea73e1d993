/**
 * What goes wrong at AWS, as the SDK throws it: for the hooks of {@link Calls}, and classified by the SDK's retries as the
 * real ones are.
 */
import {
  WAFInternalErrorException,
  WAFInvalidParameterException,
  WAFLimitsExceededException,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  WAFV2ServiceException,
} from "@aws-sdk/client-wafv2";

const REFUSED = { $metadata: { httpStatusCode: 400 } } as const;

/** The account has used up its rate. No effect, and the SDK would try again. */
export function throttled(): WAFV2ServiceException {
  return new WAFV2ServiceException({
    ...REFUSED,
    name: "ThrottlingException",
    $fault: "client",
    message: "Rate exceeded",
  });
}

/** WAF failed by itself. Thrown `before` the effect or `after` it: the caller cannot know. The SDK would try again. */
export function internalError(): WAFInternalErrorException {
  return new WAFInternalErrorException({ $metadata: { httpStatusCode: 500 }, message: "AWS WAF had a system problem" });
}

/**
 * The connection broke: a call that never arrived when thrown `before` its effect, a lost reply when thrown `after`. Over HTTP
 * ({@link serveAws}) it breaks the real connection. The SDK would try again.
 */
export function connectionReset(): NodeJS.ErrnoException {
  // The SDK's HTTP handler gives the error of a broken socket this name.
  return Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
}

/** A set, name or id that does not exist. */
export function nonexistent(what: string): WAFNonexistentItemException {
  return new WAFNonexistentItemException({ ...REFUSED, message: `${what} does not exist` });
}

/** A parameter that WAF does not take. */
export function invalidParameter(what: string): WAFInvalidParameterException {
  return new WAFInvalidParameterException({ ...REFUSED, message: `invalid parameter: ${what}` });
}

/** More than WAF holds. */
export function limitExceeded(what: string): WAFLimitsExceededException {
  return new WAFLimitsExceededException({ ...REFUSED, message: what });
}

/** Somebody else wrote the set since its lock token was read. */
export function staleToken(): WAFOptimisticLockException {
  return new WAFOptimisticLockException({ ...REFUSED, message: "the lock token is not the current one" });
}

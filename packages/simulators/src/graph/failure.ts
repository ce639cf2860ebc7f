/** An answer of the service that is an error: thrown while a request is handled, written out as Graph's error body. */
export class GraphFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function badRequest(message: string, code = 'BadRequest'): GraphFailure {
  return new GraphFailure(400, code, message);
}

/** Exchange's name for a midnight, length or value rule that was broken; the real code is not documented (contract, 4.2). */
export function badProperty(message: string): GraphFailure {
  return new GraphFailure(400, 'ErrorPropertyValidationFailure', message);
}

export function notFound(code: string): GraphFailure {
  return new GraphFailure(404, code, 'The specified object was not found in the store.');
}

export function accessDenied(message = 'Access is denied. Check credentials and try again.'): GraphFailure {
  return new GraphFailure(403, 'ErrorAccessDenied', message);
}

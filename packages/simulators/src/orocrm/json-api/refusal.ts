/** One entry of `errors`; `pointer` into the body or `parameter` of the query, or neither. */
export interface ApiError {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly pointer?: string;
  readonly parameter?: string;
}

/** Thrown inside the JSON:API to end a request; never leaves `handle`. */
export class Refusal extends Error {
  readonly errors: readonly ApiError[];

  constructor(errors: readonly ApiError[]) {
    super(errors.map((error) => error.detail ?? error.title).join(' '));
    this.errors = errors;
  }
}

/** A refusal with one error. */
export function refuse(status: number, title: string, detail?: string, source?: Pick<ApiError, 'pointer' | 'parameter'>): Refusal {
  return new Refusal([{ status, title, ...(detail === undefined ? {} : { detail }), ...source }]);
}

/** Observed detail of a record that is gone; only this one means "deleted" [05]. */
export const noSuchEntity = (): Refusal =>
  refuse(404, 'not found http exception', 'An entity with the requested identifier does not exist.');

/** A record that exists and may not be seen [20]. */
export const noAccess = (): Refusal => refuse(403, 'access denied exception', 'No access to the entity.');

/** The role grants nothing on this type [15]. */
export const noAccessToType = (): Refusal => refuse(403, 'access denied exception', 'No access to this type of entities.');

/** Converts `bigint` columns, which PostgreSQL returns as text. Counts and sizes in the hub stay below 2^53. */
export const BIGINT_AS_NUMBER = { to: (value: number) => value, from: (value: string) => Number(value) };

/** As `BIGINT_AS_NUMBER`, for nullable columns. */
export const NULLABLE_BIGINT_AS_NUMBER = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** Values that clients may send. `protected` is accepted here and rejected with an explanation. */
export const VISIBILITIES = ['public', 'private', 'protected'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What clients may ask for; `protected` is understood, and refused with a reason. */
export const VISIBILITIES = ['public', 'private', 'protected'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

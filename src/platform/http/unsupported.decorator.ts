import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';

/** Name of the constraint. Its violation is the error `NotImplemented`. */
export const UNSUPPORTED = 'unsupported';

/** Empty values, which some clients send for features that they do not use. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/**
 * Marks a field that clients send for a feature which this hub does not have. Its value must be empty or one of `defaults`. Other values are
 * refused: to ignore `gated` or `secrets`, for example, would publish what the caller wants to protect.
 *
 * @param what - continues the sentence "This hub does not …"
 * @param defaults - values that describe how this hub works
 */
export const Unsupported = (what: string, ...defaults: readonly unknown[]): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      description: `This hub does not ${what}.${defaults.length > 0 ? ` Must be ${defaults.join(' or ')}.` : ''}`,
      type: Object,
    }),
    ValidateBy({
      name: UNSUPPORTED,
      validator: {
        validate: (value: unknown) => isEmpty(value) || defaults.includes(value),
        defaultMessage: (args) => `This hub does not ${what}. Omit "${args?.property}"${alternatives(defaults)}.`,
      },
    }),
  );

const alternatives = (defaults: readonly unknown[]): string =>
  defaults.length === 0 ? '' : ` or set it to ${defaults.map((value) => JSON.stringify(value)).join(' or ')}`;

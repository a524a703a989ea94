import { ValidationPipe, type ArgumentMetadata, type PipeTransform, type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { EventLoopTurns } from '../async/event-loop-turns.js';
import { HubError } from '../../domain/hub-error.js';
import { ignoresUnknownFields } from './ignores-unknown-fields.decorator.js';
import { longListOf, type LongList } from './long-list.decorator.js';
import { UNSUPPORTED } from './unsupported.decorator.js';

interface FieldError {
  readonly field: string;
  readonly message: string;
  /** The name of the violated constraint. */
  readonly constraint: string;
}

/** The constraint that class-validator reports for a field without decorators. */
const UNKNOWN_FIELD = 'whitelistValidation';
/** Field errors in the response. */
const MAX_ERRORS = 20;
/** Field errors in the message. */
const MAX_ERRORS_IN_MESSAGE = 5;

/** The field errors one by one, because each costs a message, and a body may have thousands. */
function* fieldErrorsOf(errors: readonly ValidationError[], parent = ''): Generator<FieldError> {
  for (const { property, constraints = {}, target, children = [] } of errors) {
    const field = parent + property;
    for (const [constraint, message] of Object.entries(constraints))
      yield { field, constraint, message: constraint === UNKNOWN_FIELD ? unknownField(field, target) : message };
    yield* fieldErrorsOf(children, `${field}.`);
  }
}

/** The number of field errors, without their messages. */
const countErrors = (errors: readonly ValidationError[]): number =>
  errors.reduce(
    (sum, { constraints = {}, children = [] }) => sum + Object.keys(constraints).length + countErrors(children),
    0,
  );

/** Lists the known fields as well, since the client may use another name for one of them. */
function unknownField(field: string, target: object | undefined): string {
  const dto = target?.constructor;
  const metadata = dto ? getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false) : [];
  const known = [...new Set(metadata.map(({ propertyName }) => propertyName))];
  return `Unknown field "${field}". The known fields are: ${known.join(', ')}.`;
}

/** Clients print only the error's message, so it describes the field errors. */
function validationError(errors: ValidationError[]): HubError {
  const fieldErrors = firstErrors(errors);
  const fields = fieldErrors.map(({ field, message }) => ({ field, message }));
  const others = countErrors(errors) - fieldErrors.length;
  const isUnsupported = others === 0 && fieldErrors.every(({ constraint }) => constraint === UNSUPPORTED);
  if (isUnsupported) return new HubError('NotImplemented', fields.map(({ message }) => message).join(' '), { fields });
  const sentences = fieldErrors.slice(0, MAX_ERRORS_IN_MESSAGE).map(sentence);
  const unnamed = fieldErrors.length + others - sentences.length;
  if (unnamed > 0) sentences.push(`And ${unnamed} more.`);
  return new HubError('BadRequest', `Validation failed. ${sentences.join(' ')}`, {
    fields,
    ...(others > 0 && { detail: `Only the first ${MAX_ERRORS} problems are listed, and ${others} more were found.` }),
  });
}

function firstErrors(errors: readonly ValidationError[]): FieldError[] {
  const first: FieldError[] = [];
  for (const error of fieldErrorsOf(errors)) {
    first.push(error);
    if (first.length === MAX_ERRORS) break;
  }
  return first;
}

/** Messages of class-validator are clauses, most of which begin with the name of the field, without its parents. */
function sentence({ field, message }: FieldError): string {
  if (message.endsWith('.')) return message;
  const name = field.split('.').at(-1)!;
  const clause = message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  return `"${field}": ${clause}.`;
}

/** Items of a long list that are validated at a stretch, which takes a few milliseconds. */
const ITEMS_PER_STEP = 50;

/** Carries the errors of class-validator to `BodyValidationPipe`. */
class InvalidBody {
  constructor(readonly errors: ValidationError[]) {}
}

const options = (strict: boolean) => ({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: strict,
  validationError: { target: true }, // for the known fields
  exceptionFactory: (errors: ValidationError[]) => new InvalidBody(errors),
});

/** Validates bodies by their DTO classes and reports every invalid field. Unknown fields are invalid, so that none is silently dropped. */
export class BodyValidationPipe implements PipeTransform {
  private readonly strict = new ValidationPipe(options(true));
  private readonly lenient = new ValidationPipe(options(false));

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const list = longListOf(metadata.metatype);
    const items = list && (value as Record<string, unknown> | undefined)?.[list.property];
    if (!Array.isArray(items)) return this.validate(value, metadata);
    if (items.length > list!.maxItems) throw tooManyItems(list!);
    return this.validateInSteps(value as object, metadata, { property: list!.property, items });
  }

  /** Validates the body several times, each time with the next part of its list. */
  private async validateInSteps(
    value: object,
    metadata: ArgumentMetadata,
    { property, items }: { readonly property: string; readonly items: readonly unknown[] },
  ): Promise<unknown> {
    const valid: unknown[] = [];
    const turns = new EventLoopTurns();
    for (let at = 0; ; at += ITEMS_PER_STEP) {
      const part = { ...value, [property]: items.slice(at, at + ITEMS_PER_STEP) };
      const body = (await this.validate(part, metadata, { property, offset: at })) as Record<string, unknown[]>;
      for (const item of body[property]!) valid.push(item);
      if (at + ITEMS_PER_STEP >= items.length) return Object.assign(body, { [property]: valid });
      await turns.next();
    }
  }

  /** @param part - the part of a list that is validated, for the names of its fields */
  private async validate(value: unknown, metadata: ArgumentMetadata, part?: ListPart): Promise<unknown> {
    const pipe = ignoresUnknownFields(metadata.metatype) ? this.lenient : this.strict;
    try {
      return (await pipe.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof InvalidBody)) throw error;
      if (part) renumber(error.errors, part);
      throw validationError(error.errors);
    }
  }
}

interface ListPart {
  readonly property: string;
  /** Index of its first item. */
  readonly offset: number;
}

function renumber(errors: readonly ValidationError[], { property, offset }: ListPart): void {
  const list = errors.find((error) => error.property === property);
  for (const item of list?.children ?? []) item.property = `${Number(item.property) + offset}`;
}

function tooManyItems({ property, maxItems }: LongList): HubError {
  const message = `${property} must contain no more than ${maxItems} elements`;
  return new HubError('BadRequest', `Validation failed. ${sentence({ field: property, constraint: '', message })}`, {
    fields: [{ field: property, message }],
  });
}

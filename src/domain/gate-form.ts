import { COUNTRY_CODES } from './countries.js';
import { fieldsOf } from './read-fields.js';

/** Types of fields in the form of a gated repository. The card's `ip_location` is left out, since this hub does not locate addresses. */
const FIELD_TYPES = ['text', 'checkbox', 'date_picker', 'country', 'select'] as const;
export type GateFieldType = (typeof FIELD_TYPES)[number];

/** A field of the form that callers fill in to request access. */
export interface GateField {
  /** Its label, and the key of its answer. */
  readonly name: string;
  readonly type: GateFieldType;
  /** The choices of a `select`. */
  readonly options: readonly GateOption[];
}

export interface GateOption {
  readonly label: string;
  readonly value: string;
}

/** The texts and fields on the page of a gated repository, from the metadata of its card. Undefined texts have defaults. */
export interface GateForm {
  readonly heading?: string;
  readonly description?: string;
  /** Markdown. */
  readonly prompt?: string;
  readonly button?: string;
  readonly fields: readonly GateField[];
}

/** An answer that is missing or invalid. */
export interface AnswerProblem {
  readonly field: string;
  readonly message: string;
}

const MAX_FIELDS = 50;
const MAX_LENGTH = 200;
const MAX_ANSWER_LENGTH = 1000;
const CHECKED: ReadonlySet<unknown> = new Set([true, 1, 'true', 'on', '1', 'yes']);

/** Reads the form from the metadata of a card (`extra_gated_*`), which its author may have written in any form. */
export function gateForm(cardData: unknown): GateForm {
  const card = fieldsOf(cardData);
  const [heading, description, prompt, button] = ['heading', 'description', 'prompt', 'button_content'].map((name) =>
    textOf(card[`extra_gated_${name}`]),
  );
  const fields = Object.entries(fieldsOf(card['extra_gated_fields'])).slice(0, MAX_FIELDS).flatMap(toField);
  return {
    ...(heading !== undefined && { heading }),
    ...(description !== undefined && { description }),
    ...(prompt !== undefined && { prompt }),
    ...(button !== undefined && { button }),
    fields,
  };
}

/** The names of the fields in the order of the card; null without a form. */
export function gateFieldNames(cardData: unknown): string[] | null {
  const names = Object.keys(fieldsOf(fieldsOf(cardData)['extra_gated_fields'])).slice(0, MAX_FIELDS);
  return names.length === 0 ? null : names;
}

/** Stored metadata of a card, whose form has the order of the card again. The database sorts the keys of JSON by their length. */
export function withFieldOrder<Card extends Readonly<Record<string, unknown>> | null>(
  cardData: Card,
  names: readonly string[] | null,
): Card {
  const form = fieldsOf(fieldsOf(cardData)['extra_gated_fields']);
  if (cardData === null || names === null || Object.keys(form).length === 0) return cardData;
  const known = names.filter((name) => Object.hasOwn(form, name));
  const others = Object.keys(form).filter((name) => !known.includes(name));
  const ordered = Object.fromEntries([...known, ...others].map((name) => [name, form[name]]));
  return { ...cardData, extra_gated_fields: ordered };
}

/**
 * The answers to a form as they are stored. Answers without a field are left out.
 *
 * @param body - what the caller sent
 * @returns the problems if the answers are incomplete: every field is required, as in the form of huggingface.co
 */
export function readAnswers(
  fields: readonly GateField[],
  body: unknown,
): { readonly answers: Readonly<Record<string, string>>; readonly problems: readonly AnswerProblem[] } {
  const sent = fieldsOf(body);
  const answers: [string, string][] = [];
  const problems: AnswerProblem[] = [];
  for (const field of fields) {
    const answer = Object.hasOwn(sent, field.name) ? answerOf(field, sent[field.name]) : undefined;
    if (answer === undefined) problems.push({ field: field.name, message: expectation(field) });
    else answers.push([field.name, answer]);
  }
  return { answers: Object.fromEntries(answers), problems };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

function toField([name, value]: [string, unknown]): GateField[] {
  const { type = value, options } = fieldsOf(value);
  if (type === 'ip_location' || name.trim() === '') return [];
  const choices = type === 'select' && Array.isArray(options) ? options.flatMap(toOption) : [];
  const known = FIELD_TYPES.find((other) => other === type) ?? 'text';
  const isEmptySelect = known === 'select' && choices.length === 0;
  return [{ name: name.slice(0, MAX_LENGTH), type: isEmptySelect ? 'text' : known, options: choices }];
}

function toOption(option: unknown): GateOption[] {
  const { label = option, value = label } = fieldsOf(option);
  const isText = (text: unknown): text is string | number => typeof text === 'string' || typeof text === 'number';
  return isText(label) && isText(value) ? [{ label: String(label), value: String(value) }] : [];
}

function answerOf({ type, options }: GateField, value: unknown): string | undefined {
  if (type === 'checkbox') return CHECKED.has(value) ? 'true' : undefined;
  const answer = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return answer !== '' && answer.length <= MAX_ANSWER_LENGTH && isValid(type, answer, options) ? answer : undefined;
}

function isValid(type: GateFieldType, answer: string, options: readonly GateOption[]): boolean {
  if (type === 'country') return COUNTRY_CODES.includes(answer);
  if (type === 'select') return options.some(({ value }) => value === answer);
  if (type === 'date_picker') return /^\d{4}-\d{2}-\d{2}$/.test(answer) && !Number.isNaN(Date.parse(answer));
  return !/\p{Cs}|\0/u.test(answer);
}

function expectation({ name, type, options }: GateField): string {
  const label = JSON.stringify(name);
  if (type === 'checkbox') return `${label} must be checked.`;
  if (type === 'country') return `${label} must be a country, as a code of two letters such as "FR".`;
  if (type === 'date_picker') return `${label} must be a date such as "2000-12-31".`;
  if (type === 'select')
    return `${label} must be one of ${options.map(({ value }) => JSON.stringify(value)).join(', ')}.`;
  return `${label} must be a text of 1 to ${MAX_ANSWER_LENGTH} characters.`;
}

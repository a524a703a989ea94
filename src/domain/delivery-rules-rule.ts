import { DELIVERIES, type DeliveryRule } from './delivery-rule.js';
import { isPathGlob } from './is-glob.js';
import { fieldsOf } from './read-fields.js';
import { REPO_TYPES } from './repo-id.js';
import { isRepoPattern, oneOfRule, type FieldRule } from './source-rules.js';

const MAX_RULES = 100;

const sizeProblem = (value: unknown): string | undefined =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'must be a number of bytes';

/** Checks of each property; they return what is wrong with a value. */
const PROPERTIES: { readonly [Property in keyof DeliveryRule]-?: (value: unknown) => string | undefined } = {
  repos: (value) => (isRepoPattern(value) ? undefined : 'must be a pattern such as meta-llama/* or dataset:*/*'),
  files: (value) =>
    typeof value === 'string' && isPathGlob(value)
      ? undefined
      : 'must be a pattern such as *.safetensors or onnx/**, of at most 200 characters',
  min_size: sizeProblem,
  max_size: sizeProblem,
  types: (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= REPO_TYPES.length && value.every(isType)
      ? undefined
      : `must be a list of ${REPO_TYPES.join(', ')}`,
  delivery: (value) => oneOfRule(Object.keys(DELIVERIES), value)?.replace('Must', 'must'),
};

const isType = (value: unknown): boolean => REPO_TYPES.some((type) => type === value);

/** Validates the rules of a source. The message names the first rule that is invalid, counted from 1. */
export const deliveryRulesRule: FieldRule = (value) => {
  if (!Array.isArray(value) || value.length > MAX_RULES) return `Must be a list of at most ${MAX_RULES} rules`;
  for (const [index, rule] of value.entries()) {
    const problem = problemOf(rule);
    if (problem) return `Rule ${index + 1}: ${problem}`;
  }
  return undefined;
};

function problemOf(rule: unknown): string | undefined {
  const fields = fieldsOf(rule);
  if (fields['delivery'] === undefined) return `delivery must be one of ${Object.keys(DELIVERIES).join(', ')}`;
  for (const [name, value] of Object.entries(fields)) {
    if (!isProperty(name))
      return `${name} is not a property of a rule, which has ${Object.keys(PROPERTIES).join(', ')}`;
    const problem = value === undefined ? undefined : PROPERTIES[name](value);
    if (problem) return `${name} ${problem}`;
  }
  const { min_size = 0, max_size = Infinity } = fields as unknown as DeliveryRule;
  return min_size > max_size ? 'min_size must not be larger than max_size' : undefined;
}

const isProperty = (name: string): name is keyof DeliveryRule => Object.hasOwn(PROPERTIES, name);

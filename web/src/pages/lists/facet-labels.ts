/** Names of languages in English, such as "German". Tags that are not codes are shown as they are. */
const languages = new Intl.DisplayNames(['en'], { type: 'language' });

export const FACET_TITLES: Readonly<Record<string, string>> = {
  task: 'Task',
  library: 'Library',
  format: 'Format',
  sdk: 'SDK',
  size: 'Size',
  language: 'Language',
  license: 'License',
};

const TASKS: readonly string[] = ['pipeline_tag', 'task_categories'];

/** The text for a value of a parameter: `license:mit` is "mit", and `language:de` is "German". */
export function valueLabel(parameter: string, value: string): string {
  const text = value.startsWith(`${parameter}:`) ? value.slice(parameter.length + 1) : value;
  if (TASKS.includes(parameter)) return text.replaceAll('-', ' ');
  if (parameter === 'language') return languageName(text);
  if (parameter === 'num_parameters') return rangeLabel(text);
  return parameter === 'size_categories'
    ? text.replace(/<n<|^n(?=[<>])/, (middle) => (middle === 'n' ? '' : ' – '))
    : text;
}

function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code; // not in the form of a language code
  }
}

function rangeLabel(range: string): string {
  const [, min] = /min:([^,]+)/.exec(range) ?? [];
  const [, max] = /max:([^,]+)/.exec(range) ?? [];
  if (min === undefined) return `Under ${max}`;
  return max === undefined ? `${min} and more` : `${min} – ${max}`;
}

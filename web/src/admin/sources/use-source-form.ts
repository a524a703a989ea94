import type { SourceField } from '@domain/source-schema';
import { computed, ref, watch, type Ref } from 'vue';
import { ApiError } from '@/api/api-error';
import { errorMessage, useAction } from '@/api/use-action';
import { settingOf, validateDraft, type Source, type SourceDraft } from './source-draft';
import { testDraft, type TestResult } from './sources-api';

const fieldErrors = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof ApiError ? error.fields : {};

function generalMessage(errors: readonly unknown[]): string | undefined {
  const error = errors.find((candidate) => candidate && !Object.keys(fieldErrors(candidate)).length);
  return error ? errorMessage(error) : undefined;
}

/**
 * Validation and connection test of a source form.
 *
 * @param stored the source that is edited; undefined for a new one
 * @param saveError the error of the last attempt to save the draft
 */
export function useSourceForm(draft: Ref<SourceDraft>, stored: () => Source | undefined, saveError: () => unknown) {
  const testResult = ref<TestResult>();
  const test = useAction(async () => {
    testResult.value = undefined;
    testResult.value = await testDraft(settingOf(draft.value));
  });

  /** Errors and results from the hub are valid only until the draft changes. */
  const hasChanged = ref(false);
  watch(
    draft,
    () => {
      hasChanged.value = true;
      testResult.value = undefined;
    },
    { deep: true },
  );
  watch(
    () => [saveError(), test.error.value],
    () => (hasChanged.value = false),
  );

  const visited = ref(new Set<SourceField>());
  const draftErrors = computed(() => validateDraft(draft.value, stored()));
  /** Messages by field, for visited fields and for errors from the hub. */
  const errors = computed<Readonly<Record<string, string>>>(() => {
    const visible = Object.entries(draftErrors.value).filter(([field]) => visited.value.has(field as SourceField));
    const fromHub = hasChanged.value ? {} : { ...test.fields.value, ...fieldErrors(saveError()) };
    return { ...Object.fromEntries(visible), ...fromHub };
  });
  /** An error from the hub that concerns no field. */
  const message = computed(() => (hasChanged.value ? undefined : generalMessage([saveError(), test.error.value])));

  const visit = (field: SourceField): unknown => visited.value.add(field);
  /**
   * Shows the errors of all fields.
   *
   * @returns whether all fields are valid
   */
  function validate(): boolean {
    const invalidFields = Object.keys(draftErrors.value) as SourceField[];
    invalidFields.forEach(visit);
    return invalidFields.length === 0;
  }
  return { draftErrors, errors, message, visit, validate, test, testResult };
}

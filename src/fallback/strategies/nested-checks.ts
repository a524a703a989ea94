import { fieldsOf } from '../../domain/read-fields.js';
import {
  isCount,
  isDate,
  isObject,
  isPresent,
  isText,
  listOf,
  objectWith,
  optional,
  type Check,
} from './field-checks.js';

// Nested objects that `huggingface_hub` reads without checks: it raises an error if one of these fields is missing, so that one repository
// would break the list of all.

export const isSafetensors = objectWith({ total: isCount, parameters: isObject });
export const isTransformersInfo = objectWith({ auto_model: isText });
export const isSiblingLfs = objectWith({ sha256: isText, size: isCount, pointerSize: isCount });
export const isPathLfs = objectWith({ oid: isText, size: isCount, pointerSize: isCount });
export const isLastCommit = objectWith({ id: isText, title: isText, date: isDate });
export const isSecurityStatus = objectWith({ status: isText, avScan: isPresent, pickleImportScan: isPresent });

export const isRuntime = objectWith({
  stage: isText,
  hardware: optional(isObject),
  hotReloading: optional(objectWith({ status: isText, replicaStatuses: isPresent })),
  volumes: optional(listOf(objectWith({ source: isText, mountPath: isText }))),
});

const PROVIDER = { providerId: isText, status: isText, task: isText };
const isNamedProvider = objectWith({ ...PROVIDER, provider: isText });

/** A list of providers, or an object that has them by name. */
export const isProviderMapping: Check = (value) =>
  Array.isArray(value)
    ? value.every(isNamedProvider)
    : isObject(value) && Object.values(fieldsOf(value)).every(objectWith(PROVIDER));

const isEvaluation = objectWith({
  dataset: objectWith({ id: isText, task_id: isText }),
  value: isPresent,
  source: optional(isObject),
});

/** The results of a file, or the error in it. */
export const isEvalResult: Check = (value) =>
  isObject(value) && ('error' in fieldsOf(value) || isEvaluation(fieldsOf(value)['data'] ?? value));

import { totalmem } from 'node:os';
import { FactsProcesses } from '../facts/facts-processes.service.js';
import { headerLimits } from '../facts/header-limits.js';
import { ModelFactsEntity } from '../facts/model-facts.entity.js';
import { ModelFactsStore } from '../facts/model-facts.store.js';
import { OllamaTemplates } from '../facts/ollama-templates.service.js';
import { ModelDescriptionEntity } from './model-description.entity.js';
import { ModelDescriptionStore } from './model-description.store.js';
import { ModelDescriptions } from './model-descriptions.service.js';
import { ModelFactsService } from './model-facts.service.js';

/** Tables of metadata from the files of models. */
export const MODEL_ENTITIES = [ModelDescriptionEntity, ModelFactsEntity];

/** Providers of metadata from the files of models. */
export const MODEL_PROVIDERS = [
  {
    provide: FactsProcesses,
    useFactory: () => new FactsProcesses(headerLimits(process.constrainedMemory(), totalmem())),
  },
  ModelDescriptions,
  ModelDescriptionStore,
  ModelFactsService,
  ModelFactsStore,
  OllamaTemplates,
];

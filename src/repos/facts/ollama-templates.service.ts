import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { FactsProcesses, type FactsResult } from './facts-processes.service.js';
import type { GgufFacts, TemplateFacts } from './model-facts.js';
import { ModelFactsStore } from './model-facts.store.js';

/** Changed when templates are converted in another way, so that they are converted again. */
const VERSION = 1;
/** The template of models without one: Ollama sends the prompt as it is. */
const PLAIN: TemplateFacts = { template: '{{ .Prompt }}' };
const noBytes = (): never => {
  throw new Error('No file is needed');
};

/** Converts chat templates for Ollama. Each template is converted once, and its result is stored, so that manifests do not change. */
@Injectable()
export class OllamaTemplates {
  private readonly running = new Map<string, Promise<FactsResult>>();

  constructor(
    private readonly processes: FactsProcesses,
    private readonly store: ModelFactsStore,
  ) {}

  /**
   * Empty if the template cannot be converted.
   * @throws Error if the hub stops
   */
  async convert(gguf: GgufFacts | undefined): Promise<TemplateFacts> {
    if (!gguf) return {};
    const { chat_template: template, bos_token: begin, eos_token: end } = gguf;
    if (template === undefined) return PLAIN;
    const hash = createHash('sha256')
      .update(JSON.stringify([template, begin, end]))
      .digest('hex');
    const key = `template:${VERSION}:${hash}`;
    const result = (await this.store.find([key])).get(key) ?? (await this.start(key, gguf));
    return 'facts' in result ? (result.facts as TemplateFacts) : {};
  }

  private start(key: string, gguf: GgufFacts): Promise<FactsResult> {
    const running = this.running.get(key);
    if (running) return running;
    const result = this.processes
      .read({ kind: 'template', gguf }, noBytes)
      .then(async (found) => {
        await this.store.save(key, found);
        return found;
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, result);
    return result;
  }
}

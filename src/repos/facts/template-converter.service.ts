import { convertGGUFTemplateToOllama } from '@huggingface/ollama-utils';
import type { GgufFacts, TemplateFacts } from './model-facts.js';

const MAX_LENGTH = 64 * 1024;

/**
 * Converts a chat template as huggingface.co does. Runs in its own process, because the library may execute the template, which anyone can write.
 * @throws Error for a model that does not generate text
 */
export function convertTemplate({ chat_template: template = '', bos_token, eos_token }: GgufFacts): TemplateFacts {
  const { ollama } = convertGGUFTemplateToOllama({ chat_template: template, bos_token, eos_token }) ?? {};
  if (!ollama || ollama.template.length > MAX_LENGTH) return {};
  const { params } = ollama;
  return { template: ollama.template.replaceAll('\0', ''), ...(params && { params: { ...params } }) };
}

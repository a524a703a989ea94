import type { ConfigFacts, TransformersInfo } from './model-facts.js';

/** The task and the class of transformers for the end of an architecture's name. */
const TASKS: readonly (readonly [suffix: string, autoModel: string, task?: string])[] = [
  ['ForCausalLM', 'AutoModelForCausalLM', 'text-generation'],
  ['LMHeadModel', 'AutoModelForCausalLM', 'text-generation'],
  ['ForMaskedLM', 'AutoModelForMaskedLM', 'fill-mask'],
  ['ForSequenceClassification', 'AutoModelForSequenceClassification', 'text-classification'],
  ['ForTokenClassification', 'AutoModelForTokenClassification', 'token-classification'],
  ['ForQuestionAnswering', 'AutoModelForQuestionAnswering', 'question-answering'],
  ['ForMultipleChoice', 'AutoModelForMultipleChoice', 'multiple-choice'],
  ['ForImageClassification', 'AutoModelForImageClassification', 'image-classification'],
  ['ForObjectDetection', 'AutoModelForObjectDetection', 'object-detection'],
  ['ForSemanticSegmentation', 'AutoModelForSemanticSegmentation', 'image-segmentation'],
  ['ForUniversalSegmentation', 'AutoModelForUniversalSegmentation', 'image-segmentation'],
  ['ForImageSegmentation', 'AutoModelForImageSegmentation', 'image-segmentation'],
  ['ForDepthEstimation', 'AutoModelForDepthEstimation', 'depth-estimation'],
  ['ForVideoClassification', 'AutoModelForVideoClassification', 'video-classification'],
  ['ForAudioClassification', 'AutoModelForAudioClassification', 'audio-classification'],
  ['ForSpeechSeq2Seq', 'AutoModelForSpeechSeq2Seq', 'automatic-speech-recognition'],
  ['ForCTC', 'AutoModelForCTC', 'automatic-speech-recognition'],
  ['ForConditionalGeneration', 'AutoModelForSeq2SeqLM'],
];

/** Families whose `ForConditionalGeneration` translates or rewrites text, or transcribes speech. The others read images. */
const TEXT_TO_TEXT =
  /^(?:t5|mt5|umt5|longt5|bart|mbart|pegasus|marian|led|blenderbot|m2m_100|prophetnet|plbart|switch_transformers|bigbird_pegasus)/;
const SPEECH = /^(?:whisper|speech_to_text|moonshine)/;
const PROCESSOR_OF: Readonly<Record<string, string>> = {
  'image-classification': 'AutoImageProcessor',
  'object-detection': 'AutoImageProcessor',
  'image-segmentation': 'AutoImageProcessor',
  'depth-estimation': 'AutoImageProcessor',
  'video-classification': 'AutoImageProcessor',
  'audio-classification': 'AutoFeatureExtractor',
  'automatic-speech-recognition': 'AutoProcessor',
  'image-text-to-text': 'AutoProcessor',
};

/** How transformers loads a model, from the name of its architecture. */
export function transformersInfo({ architectures, model_type: type = '' }: ConfigFacts): TransformersInfo | undefined {
  const [architecture] = architectures ?? [];
  if (architecture === undefined) return undefined;
  const found = TASKS.find(([suffix]) => architecture.endsWith(suffix));
  if (!found)
    return architecture.endsWith('Model')
      ? { auto_model: 'AutoModel', pipeline_tag: 'feature-extraction', processor: 'AutoTokenizer' }
      : undefined;
  const [suffix, autoModel, task] = found;
  if (suffix === 'ForConditionalGeneration') return conditional(type);
  return { auto_model: autoModel, pipeline_tag: task!, processor: PROCESSOR_OF[task!] ?? 'AutoTokenizer' };
}

function conditional(type: string): TransformersInfo {
  if (TEXT_TO_TEXT.test(type)) return { auto_model: 'AutoModelForSeq2SeqLM', processor: 'AutoTokenizer' };
  const task = SPEECH.test(type) ? 'automatic-speech-recognition' : 'image-text-to-text';
  const model = SPEECH.test(type) ? 'AutoModelForSpeechSeq2Seq' : 'AutoModelForImageTextToText';
  return { auto_model: model, pipeline_tag: task, processor: 'AutoProcessor' };
}

/** The plugin has no types of its own. */
declare module 'markdown-it-task-lists' {
  import type { PluginWithOptions } from 'markdown-it';

  const tasks: PluginWithOptions<{ readonly label?: boolean }>;
  export default tasks;
}

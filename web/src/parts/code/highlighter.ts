import highlighter from 'highlight.js/lib/common';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import julia from 'highlight.js/lib/languages/julia';
import latex from 'highlight.js/lib/languages/latex';
import powershell from 'highlight.js/lib/languages/powershell';

highlighter.registerLanguage('dockerfile', dockerfile);
highlighter.registerLanguage('julia', julia);
highlighter.registerLanguage('latex', latex);
highlighter.registerLanguage('powershell', powershell);
highlighter.configure({ ignoreUnescapedHTML: true });

export { highlighter };

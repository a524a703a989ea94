// Loaded before the hub by `npm start`: reads `.env` in the working directory if there is one. Variables that are set already win.
// (Node has --env-file-if-exists for this, but only from 22.9 on.)
import { existsSync } from 'node:fs';

if (existsSync('.env')) process.loadEnvFile('.env');

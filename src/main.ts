import { app } from '@azure/functions';
import { register } from './functions.ts';

register(app, process.env);

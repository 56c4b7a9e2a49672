import { startEnergy } from './energy.js';
import { startLabels } from './labels.js';
import { startLive } from './live.js';
import { startMetrics } from './metrics.js';
import { startQuery } from './query.js';

startLive();
startMetrics();
startLabels();
startEnergy();
startQuery();

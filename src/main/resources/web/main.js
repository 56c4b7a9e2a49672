import { startEnergy } from './energy.js';
import { startLabels } from './labels.js';
import { startLive } from './live.js';
import { startMetrics } from './metrics.js';

startLive();
startMetrics();
startLabels();
startEnergy();

import { startEnergy } from './energy.js';
import { FirstCard } from './first.js';
import { Health } from './health.js';
import { startLabels } from './labels.js';
import { startLive } from './live.js';
import { startMetrics } from './metrics.js';
import { startQuery } from './query.js';
import { Refusals } from './senders.js';
import { startTargets } from './targets.js';

const first = new FirstCard();
const health = new Health();
startLive([first, new Refusals(), health], health);
startTargets();
startMetrics(first);
startLabels();
startEnergy();
startQuery();

// Scenarios: every release command of sentry-cli 3, from the shared tables (clients 3).
import { describeSentryCli } from './support/sentryCli/describeSentryCli.ts';

describeSentryCli(3);

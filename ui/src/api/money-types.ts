/** What the server says of money, as types: what sessions cost, budgets, the dashboard, keys of providers and log-ins. */
import type { Schemas } from './client';

export type Counts = Schemas['Counts'];
/** What a session has cost so far. */
export type Cost = Schemas['Cost'];
/** A budget as it stands for one session. */
export type Standing = Schemas['Standing'];
export type Scope = Standing['scope'];
export type Period = Standing['period'];
/** Without a budget: no price is known for the model, so none can be kept. */
export type Blocked = Schemas['Blocked'];

export interface Money {
  cost: Cost;
  budget: Standing | null;
  blockedBy: Blocked | null;
}

/** Those of a day or a session don't name the models without a price. */
export type Sums = Schemas['Sums'] | Schemas['BriefSums'];
/** A provider's, model's, agent's or user's. */
export type Part = Schemas['ProviderPart'] | Schemas['ModelPart'] | Schemas['AgentPart'] | Schemas['UserPart'];
export type DaySums = Schemas['DaySums'];
export type SessionSums = Schemas['SessionSums'];
export type Forecast = Schemas['Forecast'];
/** A budget as its report tells it; the figures are those of its fullest subject. */
export type Budget = Schemas['Budget'];
export type Dashboard = Schemas['DashboardAnswer'];
/** How much of a subscription's plan is used up, as far as a CLI told. */
export type Plan = Schemas['PlanUsage'];
export type Prices = Schemas['Prices'];
export type Model = Schemas['AgentModel'];
export type Provider = Schemas['Provider'];
export type KeySource = NonNullable<Provider['keySource']>;
export type AgentModels = Schemas['AgentModelsAnswer'];
/** A stored key: never the key itself. */
export type StoredKey = Schemas['StoredKey'];
export type KeyScope = StoredKey['scope'];
export type Login = Schemas['AgentLogin'];

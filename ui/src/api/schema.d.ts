/** Written by scripts/docs.py; of docs/openapi.json 001836294b5a78ba9e0f19a5c6eb83033f6243e99cd71c1cf1c5847b676811f2. */
export interface paths {
    "/api/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The agents, and whether each can be started */
        get: operations["listAgents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents/{agentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One agent */
        get: operations["getAgent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done, the newest first; for administrators */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit log as a file */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the audit log is whole */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in with name and password
         * @description With `browser: true` also the browser's cookie.
         */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where you are logged in */
        get: operations["listOwnLogins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logins/{loginId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of your log-ins */
        delete: operations["endLogin"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the log-in, and every token of it */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the password and end the other log-ins */
        post: operations["setPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A refresh token for the next pair of tokens */
        post: operations["refreshTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/socket-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A token for `?token=`, good for 60 seconds */
        post: operations["createSocketToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your API tokens, never their secrets */
        get: operations["listTokens"];
        put?: never;
        /** A token for programs; its secret is told this once */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tokens/{tokenId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** It counts no more, at once */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How this server runs agents headless */
        get: operations["getPublicConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each agent cost */
        get: operations["listAgentCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Budgets, the oldest first */
        get: operations["listBudgets"];
        put?: never;
        /** Limit what calls may cost */
        post: operations["createBudget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/budgets/{budgetId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One budget as it stands */
        get: operations["getBudget"];
        put?: never;
        post?: never;
        /** Delete a budget */
        delete: operations["deleteBudget"];
        options?: never;
        head?: never;
        /** Change a budget; what is not sent stays */
        patch: operations["changeBudget"];
        trace?: never;
    };
    "/api/costs/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every day of the range */
        get: operations["listDailyCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was spent: by provider, model, agent, user and day, with budgets and a forecast */
        get: operations["getCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lines of the ledger, the newest first */
        get: operations["listCostEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lines of the ledger as a file, the oldest first */
        get: operations["exportCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each model cost */
        get: operations["listModelCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of your subscriptions is used up */
        get: operations["listPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each provider cost */
        get: operations["listProviderCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What sessions cost, the dearest first, also deleted ones */
        get: operations["listCostSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a session cost in its whole life */
        get: operations["getSessionCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/stacked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every day of the range by provider, model, agent or user */
        get: operations["listStackedCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each user spent; for staff */
        get: operations["listUserCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dirs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the path of a folder may go on */
        get: operations["completeFolder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that shows this document, where calls can be tried out */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that happens to your sessions, as it happens: server-sent events
         * @description The events and their data: docs/api.md.
         */
        get: operations["watchEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A folder, or one file, packed as it is sent
         * @description One that breaks off ends in a broken connection, never as a whole one.
         */
        get: operations["archiveFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deletes a file, a link or a folder
         * @description 409 for a folder that is not empty, unless `recursive=true`.
         */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of any size, or a range of it, as an attachment */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists a folder, or the places where you can look
         * @description Folders come first, then by name. Without `path` and `sessionId` the entries are the places.
         */
        get: operations["listFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/mkdir": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a folder; 200 when it was there */
        post: operations["makeFolder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is in a file, 1 MiB at most
         * @description What is no UTF-8 text comes as base64; `encoding=utf-8` refuses it with 400 instead.
         */
        get: operations["readFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renames or moves within one workspace or allowed root
         * @description 409 when something is there already, unless `overwrite`.
         */
        post: operations["renameFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Searches names or contents below a folder */
        get: operations["findFiles"];
        put?: never;
        /** The same, for what is too long for a URL */
        post: operations["searchFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/stat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The facts of a file or folder; of a link, the link's */
        get: operations["statFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Uploads a file as it is, or a form with files
         * @description The body is the file, and `path` names it; what breaks off leaves nothing.
         */
        put: operations["uploadFile"];
        /**
         * Uploads files into a folder, by a form, or one file as it is
         * @description Of a form each part with a `filename` becomes a file in the folder `path`.
         */
        post: operations["uploadFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes a file, whole or not at all
         * @description 8 MiB at most. 409 with `details.etag` when it is not the version that was named.
         */
        post: operations["writeFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server lives; without the envelope */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Past tool calls of your runs, the newest first */
        get: operations["listToolCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/isolation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How well this machine walls sessions in */
        get: operations["getIsolation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The agents you are logged in with by subscription, never a token */
        get: operations["listLogins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logins/{agentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One log-in by subscription */
        get: operations["getLogin"];
        put?: never;
        /** Take over a copy of the log-in that the server's own user has; for staff */
        post: operations["takeOverLogin"];
        /** Forget a log-in by subscription */
        delete: operations["revokeLogin"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every provider with its models */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/agent/{agentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an agent can be started with */
        get: operations["getAgentModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your profiles that start an agent with a model */
        get: operations["listModelProfiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers that you can use now */
        get: operations["listUsableProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What it takes to be told by Web Push, and who is */
        get: operations["getNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether a page of yours is looked at: then nobody is told by Web Push
         * @description Counts for 70 seconds.
         */
        post: operations["notePresence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell this browser while no page is looked at; asked again, what it wants is renewed
         * @description Told until the log-in that asked for it ends. Of the push services only known ones are sent to.
         */
        post: operations["subscribePush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/subscriptions/{subscriptionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Tell that browser no more */
        delete: operations["unsubscribePush"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/processes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all your sessions take together */
        get: operations["listProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shells of the machine, then your own profiles */
        get: operations["listProfiles"];
        put?: never;
        /** A named way to start a session */
        post: operations["createProfile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profiles/{profileId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One profile */
        get: operations["getProfile"];
        /** A whole profile; what is not sent is emptied */
        put: operations["replaceProfile"];
        post?: never;
        /** Delete a profile */
        delete: operations["deleteProfile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profiles/{profileId}/default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make it your default */
        post: operations["setDefaultProfile"];
        /** It is your default no more */
        delete: operations["unsetDefaultProfile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All providers, and what they lack */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{providerId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the provider for its models with the key that your calls go out with */
        post: operations["testKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your stored keys and those for everybody, never the keys themselves */
        get: operations["listKeys"];
        /**
         * Store a key in place of the one before
         * @description `scope: all` and `baseUrl` are for staff.
         */
        put: operations["putKey"];
        post?: never;
        /** Forget a stored key; the next call does without it */
        delete: operations["deleteKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recordings, the newest first */
        get: operations["listRecordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{recordingId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A recording */
        get: operations["getRecording"];
        put?: never;
        post?: never;
        /** Deletes a recording and its file; one under way ends first */
        delete: operations["deleteRecording"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{recordingId}/cast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A recording as asciicast, for a player in a page */
        get: operations["getCast"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{recordingId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A recording as a file
         * @description `html` is one page with a player that needs no network; 409 where the server has no built page.
         */
        post: operations["exportRecording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{recordingId}/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A recording */
        get: operations["getRecordingInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/active": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recordings under way */
        get: operations["listActiveRecordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records the session that the body names, from now on
         * @description The body's options may stand in an object `options` as well. 409 when it is recorded already.
         */
        post: operations["startRecordingOf"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/start/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records the session from now on
         * @description 409 when it is recorded already, or is lost.
         */
        post: operations["startRecording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/status/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a session is recorded */
        get: operations["getRecordingState"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/stop/{someId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a recording, by its own id or its session's */
        post: operations["stopRecording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives one message to an agent and answers with what came of it
         * @description With `Accept: text/event-stream` its events as they come; with `async: true` 202 at once.
         */
        post: operations["startRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Headless runs, the newest first, without events and diffs */
        get: operations["listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{runId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A run with its events so far and its diff */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{runId}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Allows or refuses the tool call that waits */
        post: operations["answerRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{runId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a run and all that it has started */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{runId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The events of a run as server-sent events, from the beginning or behind one */
        get: operations["streamRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document: OpenAPI 3.1 of every endpoint */
        get: operations["getSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schemas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your OpenAPI documents */
        get: operations["listApiDocuments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schemas/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them with its content */
        get: operations["getApiDocument"];
        /**
         * Registers an OpenAPI document; 201 when there was none of that name
         * @description Each operation becomes a tool. Addresses are never fetched; 409 for too many documents.
         */
        put: operations["putApiDocument"];
        post?: never;
        /** Forgets a document */
        delete: operations["deleteApiDocument"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Searches what sessions printed and were told, the newest first
         * @description Words that must all be there, `"several in a row"`, `-without`, `begin*`. 409 where search is off.
         */
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets all text of the caller's sessions; `all` is for staff */
        delete: operations["clearSearchIndex"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the last word may go on */
        get: operations["suggestWords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions as they are now, the newest first */
        get: operations["listSessions"];
        put?: never;
        /** Start an agent in a workspace */
        post: operations["createSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One session */
        get: operations["getSession"];
        put?: never;
        post?: never;
        /** End the process tree and remove the workspace that AGTerm made */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        /** Change name, colour, tags, budget; what is not sent stays */
        patch: operations["changeSession"];
        trace?: never;
    };
    "/api/sessions/{sessionId}/detect-port": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The port of the last local address that the session printed */
        get: operations["detectPort"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a prompt as the agent takes it, or a command, and wait if asked to */
        post: operations["execute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the workspace stands as a repository
         * @description A workspace that is no repository is no error here: `isRepo` is false. Everywhere else it is 409.
         */
        get: operations["getGitStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/blame": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who wrote each line of a file */
        get: operations["getBlame"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/branches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Branches, those with the newest commits first */
        get: operations["listBranches"];
        put?: never;
        /** Makes a branch, and switches to it if asked to */
        post: operations["createBranch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The session's branch since where it began, for `git fetch` */
        get: operations["downloadBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Commits what is staged, or some files as they are now, or everything
         * @description 409 when there is nothing to commit. Hooks of the repository run only with `hooks: true`, in the box.
         */
        post: operations["commitChanges"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What two sessions have changed since their last common commit
         * @description 400 for the same workspace, 409 without common history, or of different users.
         */
        get: operations["compareSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merges into the live session that works where this one's repository came from
         * @description 409 where there is no such session, and as for a merge.
         */
        post: operations["deliverSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Differences in hunks; without parameters all that is not committed
         * @description `staged=true` is the index, `staged=false` what is not staged, `from` since a commit, `from` and `to` between two.
         */
        get: operations["getDiff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Throws away what is not committed; there is no way back */
        post: operations["discardChanges"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files that have changed */
        get: operations["listChangedFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commits, the newest first */
        get: operations["listCommits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Brings another session's work into this one's branch
         * @description 409 with the `files` in `details` where both changed the same, or where what is not committed would be overwritten; nothing has changed then.
         */
        post: operations["mergeSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/overlaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which other live sessions of its owner changed the same files */
        get: operations["getOverlaps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/patch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The whole work as a patch
         * @description `diff` is all of it, committed or not; `mbox` its commits as `git am` takes them.
         */
        get: operations["downloadPatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One commit and what it did to its first parent */
        get: operations["getCommit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/stage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes files, as they are now, part of the next commit
         * @description With `hunks`, ids of a difference with `staged=false`, only these; 409 where one has changed since.
         */
        post: operations["stageFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switches to a branch, or to a commit without one
         * @description 409 where what is not committed is in the way.
         */
        post: operations["switchBranch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/git/unstage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes files out of the next commit; they stay as they are
         * @description With `hunks`, ids of a difference with `staged=true`, only these; 409 where one has changed since.
         */
        post: operations["unstageFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Type into the terminal, as it is */
        post: operations["typeInput"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a session asked its proxy for, the newest last */
        get: operations["getReached"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last lines as plain text */
        get: operations["getOutput"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/ports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** TCP ports on which processes of the session listen */
        get: operations["listPorts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/processes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What runs in a session */
        get: operations["listSessionProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/resize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the terminal's size, whoever drives */
        post: operations["resizeTerminal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End what runs and start the same agent again, also of a lost session */
        post: operations["restartSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/revoke-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The key that its program asks providers with counts no more */
        post: operations["revokeSessionKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shares of a session that still count */
        get: operations["listShares"];
        put?: never;
        /** Share a terminal, by a link or with a user */
        post: operations["createShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/shares/{shareId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a share back, at once */
        delete: operations["deleteShare"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/signal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a signal to the process group that has the keyboard */
        post: operations["sendSignal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/size": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The terminal's size */
        get: operations["getSize"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/snapshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The exact screen, as escape sequences and as text */
        get: operations["getSnapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the whole process tree; session, history and workspace stay */
        post: operations["stopSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/switch-agent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Another program in the same workspace and history */
        post: operations["switchAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{sessionId}/transcripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the session's agents wrote down and reported */
        get: operations["getTranscripts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/batch/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The same in many sessions at once
         * @description A session that is not yours or can't be asked fails alone.
         */
        post: operations["executeInMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/batch/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Type into many sessions at once
         * @description A session that is not yours or can't be asked fails alone.
         */
        post: operations["typeIntoMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/share-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A link that logs you in once, on another device */
        get: operations["createShareToken"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What whoever followed a link may know */
        get: operations["getShared"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shells": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shells that sessions may run */
        get: operations["listShells"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The machine that sessions start on */
        get: operations["getSystemInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the machine does now */
        get: operations["getSystemMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tools of agterm-agent, and what your documents become */
        get: operations["listTools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tools/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your documents with the tools that each becomes */
        get: operations["getToolSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keeps an image where an agent can look at it
         * @description 10 MB at most. Without `sessionId` it goes into the workspace of your newest session that runs.
         */
        post: operations["uploadImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users; for administrators, as all here */
        get: operations["listUsers"];
        put?: never;
        /** Let somebody in */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /** Delete a user, or lock out one whom something still needs */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /** Change role or password, lock out or let in again */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/api/users/{userId}/login-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A one-time link for somebody who has none */
        post: operations["createLoginLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{uploadId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An image, for who uploaded it */
        get: operations["getImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ActiveRecordings: {
            activeRecordings: components["schemas"]["Recording"][];
            count: number;
        };
        /** @description An agent CLI as it stands for the caller. `available`: it can be started now. */
        Agent: {
            available: boolean;
            canLogIn: boolean;
            capabilities: string[];
            cliExists: boolean;
            cliPath: string | null;
            color: string;
            command: string;
            configuredProviders: string[];
            defaultModel: string | null;
            enabled: boolean;
            hasCredentials: boolean;
            headless: components["schemas"]["Headless"] | null;
            icon: string;
            id: string;
            installHint: string | null;
            keySource: ("own" | "stored" | "file" | "env" | "subscription") | null;
            missingEnvVars?: string[];
            models: string[];
            name: string;
            provider: string | null;
            providers: string[];
            version: string | null;
            welcome: string;
        };
        /** @description What the session's CLIs reported of their doing. */
        AgentActivity: {
            errors: number;
            prompts: number;
            tools: components["schemas"]["ToolUse"][];
        };
        AgentAnswer: {
            agent: components["schemas"]["Agent"];
        };
        AgentDisabledOrForbiddenFailure: {
            error: {
                /** @enum {string} */
                code: "AGENT_DISABLED" | "FORBIDDEN";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        AgentDisabledOrForbiddenOrPathOutsideWorkspaceFailure: {
            error: {
                /** @enum {string} */
                code: "AGENT_DISABLED" | "FORBIDDEN" | "PATH_OUTSIDE_WORKSPACE";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description A log-in by subscription; never a token. `usable`: it can still be read. */
        AgentLogin: {
            agent: string;
            savedAt: string;
            usable: boolean;
        };
        AgentModel: {
            contextWindow: number | null;
            deprecated: boolean;
            description: string;
            id: string;
            maxOutputTokens: number | null;
            name: string;
            prices: components["schemas"]["Prices"] | null;
            provider: string;
        };
        /** @description What the agent can be started with, its own suggestions first. */
        AgentModelsAnswer: {
            agent: string;
            configuredProviders: string[];
            defaultModel: string | null;
            models: components["schemas"]["AgentModel"][];
            provider: string | null;
            providers: components["schemas"]["Provider"][];
        };
        AgentNotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "AGENT_NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        AgentNotFoundOrNotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "AGENT_NOT_FOUND" | "NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        AgentNotFoundOrNotFoundOrSessionNotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "AGENT_NOT_FOUND" | "NOT_FOUND" | "SESSION_NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        AgentNotFoundOrSessionNotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "AGENT_NOT_FOUND" | "SESSION_NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        AgentPart: {
            agent: string;
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            sharePercent: number;
            unpriced: components["schemas"]["UnpricedModels"];
        };
        AgentsAnswer: {
            agents: components["schemas"]["Agent"][];
        };
        /** @description `id`: of the tool call that waits. */
        AnswerRun: {
            /** @enum {string} */
            decision: "once" | "always" | "no";
            id: string;
        };
        /** @description An OpenAPI document of the caller's; `notices` say which operations can be no tool. */
        ApiDocument: {
            baseUrl: string;
            createdAt: string;
            name: string;
            notices: string[];
            title: string | null;
            tools: string[];
            updatedAt: string;
        };
        ApiDocumentAnswer: {
            document: components["schemas"]["ApiDocument"];
        };
        ApiDocumentDeleted: {
            /** @constant */
            deleted: true;
            name: string;
        };
        ApiDocumentList: {
            documents: components["schemas"]["ApiDocument"][];
        };
        ApiDocumentWhole: {
            document: components["schemas"]["ApiDocumentWithContent"];
        };
        ApiDocumentWithContent: {
            baseUrl: string;
            content: {
                [key: string]: unknown;
            };
            createdAt: string;
            name: string;
            notices: string[];
            title: string | null;
            tools: string[];
            updatedAt: string;
        };
        /** @description `lastUsedAt`: null until it was. */
        ApiToken: {
            createdAt: string;
            expiresAt: string;
            id: string;
            lastUsedAt: string | null;
            name: string;
            scopes: ("read" | "write" | "admin")[];
        };
        ApiTokenRevokedAnswer: {
            id: string;
            /** @constant */
            revoked: true;
        };
        ApiTokensAnswer: {
            tokens: components["schemas"]["ApiToken"][];
        };
        AuditAnswer: {
            events: components["schemas"]["AuditEvent"][];
            nextCursor: string | null;
        };
        /** @description `hash` is of this event and `previousHash`, which is that of the one before. */
        AuditEvent: {
            action: string;
            actor: string | null;
            actorId: number | null;
            address: string | null;
            at: string;
            details: {
                [key: string]: unknown;
            };
            hash: string;
            previousHash: string;
            seq: number;
            target: string | null;
            via: string;
        };
        /** @description `brokenAt`: the number of the first event that is not as it was written. */
        AuditVerifiedAnswer: {
            brokenAt: number | null;
            events: number;
            head: string;
            ok: boolean;
            reason: string | null;
        };
        BatchExecute: {
            prompt: string;
            sessionIds: string[];
            /** @default true */
            submit?: boolean | string;
            /** @default 60000 */
            timeoutMs?: number;
            waitFor?: string | null;
        };
        /** @description In the order asked for, each session once. */
        BatchExecuteAnswer: {
            results: (components["schemas"]["OneExecuted"] | components["schemas"]["OneFailed"])[];
            summary: components["schemas"]["BatchSummary"];
        };
        BatchInput: {
            data: string;
            sessionIds: string[];
        };
        /** @description In the order asked for, each session once. */
        BatchInputAnswer: {
            results: (components["schemas"]["OneTyped"] | components["schemas"]["OneFailed"])[];
            summary: components["schemas"]["BatchSummary"];
        };
        BatchSummary: {
            failed: number;
            succeeded: number;
            total: number;
        };
        /** @description Why its next call would be refused. Without a budget: no price is known for the model, so none can be kept. */
        Blocked: {
            budget: components["schemas"]["Standing"] | null;
            message: string;
            neededUsd: string;
        };
        /** @description How the session's program is walled in; all null and empty before it was started. */
        Box: {
            allow: string[];
            end: ("certain" | "likely") | null;
            level: ("none" | "landlock-files" | "landlock" | "namespaces") | null;
            network: ("none" | "gateway" | "proxy" | "open") | null;
            notes: string[];
        };
        /** @description `apiEquivalent`: what a subscription's calls would have cost by the API; never part of the dollars. */
        BriefSums: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            unpriced: components["schemas"]["Unpriced"];
        };
        /** @description Where the caller is logged in. `isCurrent`: it is the one that this request came with. */
        BrowserLogin: {
            createdAt: string;
            expiresAt: string;
            id: string;
            isCurrent: boolean;
            /** @enum {string} */
            kind: "browser" | "api";
            lastUsedAt: string;
            userAgent: string;
        };
        BrowserLoginsAnswer: {
            logins: components["schemas"]["BrowserLogin"][];
        };
        /** @description The figures are those of its fullest subject; `subjects` are the twenty fullest. */
        Budget: {
            /** @enum {string} */
            action: "warn" | "block";
            agent: string | null;
            createdAt: string;
            createdBy: string | null;
            forecast: components["schemas"]["Forecast"];
            id: string;
            limitUsd: string;
            name: string;
            owner: string | null;
            percent: number;
            /** @enum {string} */
            period: "total" | "day" | "week" | "month";
            periodEnd: string | null;
            periodStart: string | null;
            remainingUsd: string;
            reservedUsd: string;
            /** @enum {string} */
            scope: "global" | "user" | "session" | "agent";
            sessionId: string | null;
            sessionName: string | null;
            softPercent: number;
            spentUsd: string;
            /** @enum {string} */
            state: "ok" | "warning" | "exceeded";
            subjectCount: number;
            subjects: components["schemas"]["BudgetSubject"][];
            timeZone: string;
        };
        BudgetAnswer: {
            budget: components["schemas"]["Budget"];
        };
        BudgetDeletedAnswer: {
            /** @constant */
            deleted: true;
            id: string;
        };
        BudgetExceededFailure: {
            error: {
                /** @enum {string} */
                code: "BUDGET_EXCEEDED";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        BudgetsAnswer: {
            budgets: components["schemas"]["Budget"][];
            nextCursor: string | null;
        };
        BudgetSubject: {
            limitUsd: string;
            percent: number;
            remainingUsd: string;
            reservedUsd: string;
            spentUsd: string;
            /** @enum {string} */
            state: "ok" | "warning" | "exceeded";
            subject: string | null;
            subjectName: string | null;
        };
        CommitAuthor: {
            email: string;
            name: string;
        };
        ConflictFailure: {
            error: {
                /** @enum {string} */
                code: "CONFLICT";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        ConflictOrIsolationTooWeakFailure: {
            error: {
                /** @enum {string} */
                code: "CONFLICT" | "ISOLATION_TOO_WEAK";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description What the session has cost so far, with what ran within it. */
        Cost: {
            apiEquivalentRequests: number;
            apiEquivalentTokens: number;
            apiEquivalentUsd: string;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            unpricedRequests: number;
        };
        CostAgentsAnswer: {
            agents: components["schemas"]["AgentPart"][];
            /** @constant */
            currency: "USD";
            range: components["schemas"]["DateRange"];
            total: components["schemas"]["Sums"];
        };
        CostDailyAnswer: {
            /** @constant */
            currency: "USD";
            days: components["schemas"]["DaySums"][];
            range: components["schemas"]["DateRange"];
            total: components["schemas"]["BriefSums"];
        };
        /** @description One line of the ledger. Lines never change: one that `corrects` another holds the difference. */
        CostEvent: {
            agent: string;
            at: string;
            /** @enum {string} */
            basis: "billed" | "subscription";
            cacheReadTokens: number;
            cacheWrite1hTokens: number;
            cacheWriteTokens: number;
            corrects: string | null;
            costUsd: string | null;
            firstByteMs: number | null;
            id: string;
            inputTokens: number;
            isEstimated: boolean;
            /** @enum {string} */
            kind: "call" | "transcript" | "repricing" | "belated";
            model: string;
            /** @enum {string} */
            outcome: "done" | "error" | "hung_up" | "broken" | "cut" | "lost";
            outputTokens: number;
            owner: string;
            priceVersion: string | null;
            provider: string;
            reasoningTokens: number;
            requestId: string | null;
            responseId: string | null;
            serviceTier: string | null;
            sessionId: string;
            sessionName: string;
            /** @enum {string} */
            source: "reported" | "computed" | "unpriced";
            speed: string | null;
            status: number | null;
            totalMs: number | null;
        };
        CostEventsAnswer: {
            /** @constant */
            currency: "USD";
            events: components["schemas"]["CostEvent"][];
            nextCursor: string | null;
            range: components["schemas"]["DateRange"];
        };
        CostExport: {
            /** @constant */
            currency: "USD";
            events: components["schemas"]["CostEvent"][];
            range: components["schemas"]["DateRange"];
        };
        CostModelsAnswer: {
            /** @constant */
            currency: "USD";
            models: components["schemas"]["ModelPart"][];
            range: components["schemas"]["DateRange"];
            total: components["schemas"]["Sums"];
        };
        CostProvidersAnswer: {
            /** @constant */
            currency: "USD";
            providers: components["schemas"]["ProviderPart"][];
            range: components["schemas"]["DateRange"];
            total: components["schemas"]["Sums"];
        };
        /** @description Its whole life; `events` are the newest 100. */
        CostSessionAnswer: {
            burnRatePerHour: string;
            burnRatePerHour24h: string;
            byAgent: components["schemas"]["AgentPart"][];
            byDay: components["schemas"]["DaySums"][];
            byModel: components["schemas"]["ModelPart"][];
            /** @constant */
            currency: "USD";
            events: components["schemas"]["CostEvent"][];
            session: components["schemas"]["WholeSessionSums"];
        };
        CostSessionsAnswer: {
            /** @constant */
            currency: "USD";
            nextCursor: string | null;
            range: components["schemas"]["DateRange"];
            sessions: components["schemas"]["SessionSums"][];
        };
        CostUsersAnswer: {
            /** @constant */
            currency: "USD";
            range: components["schemas"]["DateRange"];
            total: components["schemas"]["Sums"];
            users: components["schemas"]["UserPart"][];
        };
        /** @description Token classes don't overlap; `reasoningTokens` are among `outputTokens`. */
        Counts: {
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
        };
        /** @description `owner`: whose calls count, by name; null is everybody's. Left away it is the caller. */
        CreateBudget: {
            /**
             * @default block
             * @enum {string}
             */
            action?: "warn" | "block";
            agent?: string | null;
            limitUsd: string | number;
            name?: string;
            owner?: string | null;
            /**
             * @default total
             * @enum {string}
             */
            period?: "total" | "day" | "week" | "month";
            /** @enum {string} */
            scope: "global" | "user" | "session" | "agent";
            sessionId?: string | null;
            /** @default 80 */
            softPercent?: number;
            timeZone?: string | null;
        };
        /** @description A field this version does not know is refused: what a session was asked to be must not be silently dropped. `credentials`: `auto` takes a key where there is one, else the caller's log-in by subscription; `subscription` without a log-in starts the agent so that he can make one. `repo`: what its workspace begins with. */
        CreateSession: {
            agent?: string;
            args?: string[];
            budget?: components["schemas"]["Limit"] | null;
            color?: string | null;
            /** @default 80 */
            cols?: number;
            /**
             * @default auto
             * @enum {string}
             */
            credentials?: "auto" | "key" | "subscription";
            cwd?: string | null;
            env?: {
                [key: string]: string;
            };
            initialCommand?: string | null;
            model?: string | null;
            name?: string | null;
            network?: ("none" | "gateway" | "proxy" | "open") | null;
            networkAllow?: string[];
            profile?: string | null;
            prompt?: string | null;
            provider?: string | null;
            /** @default false */
            record?: boolean;
            /** @default false */
            recordInput?: boolean;
            repo?: components["schemas"]["Repo"] | null;
            /** @default 24 */
            rows?: number;
            /** @default true */
            searchable?: boolean;
            shell?: string | null;
            tags?: string[];
        };
        /** @description `user`: a name; without one it is a link. `expiresIn`: seconds. `maxUses`: how often the link may be followed. */
        CreateShare: {
            /** @default 86400 */
            expiresIn?: number;
            maxUses?: number | null;
            mode: components["schemas"]["ShareMode"];
            user?: string | null;
        };
        CreateToken: {
            /** @default 31536000 */
            expiresIn?: number;
            name: string;
            scopes: ("read" | "write" | "admin")[];
        };
        CreateUser: {
            password?: string | null;
            /**
             * @default member
             * @enum {string}
             */
            role?: "admin" | "member" | "viewer";
            username: string;
        };
        /** @description Counted from 0. */
        Cursor: {
            visible: boolean;
            x: number;
            y: number;
        };
        DashboardAnswer: {
            apiEquivalent: components["schemas"]["Counts"];
            budgets: components["schemas"]["Budget"][];
            burnRatePerHour: string;
            burnRatePerHour24h: string;
            byAgent: components["schemas"]["AgentPart"][];
            byDay: components["schemas"]["DaySums"][];
            byModel: components["schemas"]["ModelPart"][];
            byProvider: components["schemas"]["ProviderPart"][];
            byUser: components["schemas"]["UserPart"][];
            /** @constant */
            currency: "USD";
            forecast: components["schemas"]["Forecast"];
            range: components["schemas"]["DateRange"];
            topSessions: components["schemas"]["SessionSums"][];
            total: components["schemas"]["Total"];
            unpriced: components["schemas"]["UnpricedModels"];
        };
        /** @description Whole days of `tz`, both ends counted. */
        DateRange: {
            days: number;
            endDate: string;
            startDate: string;
            tz: string;
        };
        DaySums: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            date: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            unpriced: components["schemas"]["Unpriced"];
        };
        DeliverWork: {
            message?: string | null;
        };
        /** @description `port` is there when one was `detected`. */
        DetectedPort: {
            detected: boolean;
            port?: number;
        };
        DiscardChanges: {
            /** @default false */
            all?: boolean;
            paths?: string[];
            /** @default false */
            untracked?: boolean;
        };
        /** @description What can't be found. `damagedFiles`: parts of the index that can't be read. */
        Dropped: {
            bytes: number;
            damagedFiles: number;
            sessions: components["schemas"]["DroppedOutput"][];
        };
        /** @description Output of a session that came too fast to be indexed. */
        DroppedOutput: {
            bytes: number;
            /** Format: uuid */
            sessionId: string;
            sessionName: string | null;
            since: string;
            until: string;
        };
        /** @description `submit`: true as this agent takes a prompt, false not at all, or the keys to send it with. */
        Execute: {
            prompt: string;
            /** @default true */
            submit?: boolean | string;
            /** @default 60000 */
            timeoutMs?: number;
            waitFor?: string | null;
        };
        /** @description What came of a prompt or command. `output` and `exitCode` are null where nothing was waited for or known. */
        Executed: {
            durationMs: number;
            exitCode: number | null;
            match?: string;
            offset: number;
            output: string | null;
            reason: string;
            state: ("working" | "idle" | "needs_input" | "rate_limited" | "over_budget" | "exited" | "lost") | null;
            submitted: boolean;
            timedOut: boolean;
            truncated: boolean;
            waitFor: string | null;
        };
        /** @description `version` is of asciicast, for the format `asciinema`; `redact`: leave out what looks like a key. */
        ExportRecording: {
            format: string;
            /** @default false */
            redact?: boolean;
            /**
             * @default 2
             * @enum {integer}
             */
            version?: 2 | 3;
        };
        /** @description All that is in a file; what is no UTF-8 text comes as base64. */
        FileContents: {
            content: string;
            /** @enum {string} */
            encoding: "utf-8" | "base64";
            etag: string;
            isBinary: boolean;
            modifiedAt: string;
            path: string;
            rawPath?: string;
            sessionId: string | null;
            size: number;
        };
        FileDeleted: {
            /** @constant */
            deleted: true;
            path: string;
            rawPath?: string;
            sessionId: string | null;
        };
        /** @description What lies somewhere. `mode` is octal text; `target` is a link's, `etag` is told by stat. */
        FileEntry: {
            etag?: string;
            hidden: boolean;
            mode: string;
            modifiedAt: string;
            name: string;
            path: string;
            rawPath?: string;
            size: number;
            target?: string;
            /** @enum {string} */
            type: "file" | "directory" | "symlink" | "fifo" | "socket" | "device";
        };
        /** @description The entries of a folder; without a path and a session (`path` is null), the places where the caller can look. */
        FileListing: {
            entries: components["schemas"]["FileEntry"][] | components["schemas"]["FilePlace"][];
            nextCursor: string | null;
            path: string | null;
            rawPath?: string;
            sessionId: string | null;
            truncated: boolean;
        };
        /** @description Of a name: `path` and `type`. Of a content: the line; `ranges` are the characters of `text` that matched. */
        FileMatch: {
            column?: number;
            line?: number;
            path: string;
            ranges?: [
                number,
                number
            ][];
            rawPath?: string;
            text?: string;
            /** @enum {string} */
            type?: "file" | "directory" | "symlink" | "fifo" | "socket" | "device";
        };
        /** @description `truncated`: there may be more. */
        FileMatches: {
            /** @enum {string} */
            engine: "ripgrep" | "builtin";
            matches: components["schemas"]["FileMatch"][];
            path: string;
            rawPath?: string;
            sessionId: string | null;
            truncated: boolean;
        };
        /** @description A folder that the caller may look into: the workspace of a session, or an allowed root. */
        FilePlace: {
            name: string;
            path: string;
            sessionId: string | null;
            sessionName: string | null;
            /** @constant */
            type: "directory";
        };
        FileRenamed: {
            newPath: string;
            oldPath: string;
            path: string;
            rawPath?: string;
            sessionId: string | null;
        };
        FileStat: {
            entry: components["schemas"]["FileEntry"];
        };
        FilesUploaded: {
            files: components["schemas"]["FileWritten"][];
        };
        /** @description `created`: it was not there before. */
        FileWritten: {
            created: boolean;
            etag: string;
            path: string;
            rawPath?: string;
            sessionId: string | null;
            size: number;
        };
        /** @description The folders in `base` whose names begin as was typed. */
        FolderCompletion: {
            base: string;
            dirs: string[];
            truncated: boolean;
        };
        FolderMade: {
            created: boolean;
            path: string;
            rawPath?: string;
            sessionId: string | null;
        };
        ForbiddenFailure: {
            error: {
                /** @enum {string} */
                code: "FORBIDDEN";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        ForbiddenOrPathOutsideWorkspaceFailure: {
            error: {
                /** @enum {string} */
                code: "FORBIDDEN" | "PATH_OUTSIDE_WORKSPACE";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description `method` says in words how it was reckoned; `forecastUsd` is null where no period ends. */
        Forecast: {
            forecastUsd: string | null;
            method: string;
            periodEnd: string | null;
            ratePerHourUsd: string;
            rateSince: string;
            spentUsd: string;
            usedUpAt: string | null;
        };
        /** @description The process that has the keyboard. */
        ForegroundProcess: {
            agent: string | null;
            argv: string[];
            name: string;
            pid: number;
        };
        /** @description A form with files: parts that have a `filename`, whatever they are called. */
        Form: {
            files: string[];
        };
        /** @description Who wrote each line; `commits` by their hashes. */
        GitBlame: {
            commits: {
                [key: string]: components["schemas"]["GitBlameCommit"];
            };
            lines: components["schemas"]["GitBlameLine"][];
            path: string;
            ref: string | null;
            truncated: boolean;
        };
        GitBlameCommit: {
            author: components["schemas"]["GitPerson"];
            path: string;
            subject: string;
        };
        /** @description `commit` is null for a line that is not committed. */
        GitBlameLine: {
            commit: string | null;
            line: number;
            originalLine: number;
            text: string;
        };
        GitBranch: {
            ahead: number;
            behind: number;
            checkedOut: boolean;
            committedAt: string | null;
            current: boolean;
            name: string;
            remote: boolean;
            sha: string;
            subject: string;
            upstream: string | null;
            upstreamGone: boolean;
        };
        GitBranches: {
            branches: components["schemas"]["GitBranch"][];
            current: string | null;
            truncated: boolean;
        };
        GitBranchMade: {
            branch: string;
            formatted: string;
            status: components["schemas"]["GitStatus"];
            workspaceDir: string;
        };
        GitCommit: {
            author: components["schemas"]["GitPerson"];
            body: string;
            committer: components["schemas"]["GitPerson"];
            parents: string[];
            refs: string[];
            sha: string;
            subject: string;
        };
        GitCommitted: {
            commit: components["schemas"]["GitCommit"];
            formatted: string;
            status: components["schemas"]["GitStatus"];
            workspaceDir: string;
        };
        /** @description `mine`, `theirs`: the files that each session has changed since `base`; `both`: those that both have. */
        GitComparison: {
            base: string;
            both: string[];
            diff: components["schemas"]["GitDiff"];
            mine: string[];
            theirs: string[];
        };
        /** @description `session`: the one that the work was brought into. */
        GitDelivered: {
            commit: components["schemas"]["GitCommit"] | null;
            merged: boolean;
            session: components["schemas"]["SessionName"];
        };
        GitDiff: {
            files: components["schemas"]["GitFileDiff"][];
            stat: components["schemas"]["GitDiffStat"];
            truncated: boolean;
        };
        /** @description `noNewline`: the file ends here without one; `clipped`: the line is longer than what is shown. */
        GitDiffLine: {
            clipped?: boolean;
            newLine: number | null;
            noNewline?: boolean;
            oldLine: number | null;
            text: string;
            /** @enum {string} */
            type: "context" | "add" | "delete";
        };
        GitDiffStat: {
            additions: number;
            deletions: number;
            files: number;
        };
        GitDiscarded: {
            formatted: string;
            removed: string[];
            restored: string[];
            status: components["schemas"]["GitStatus"];
            workspaceDir: string;
        };
        /** @description A changed file, and what became of it in the index and in the working tree. */
        GitFile: {
            conflicted: boolean;
            index: ("modified" | "type changed" | "added" | "deleted" | "renamed" | "copied" | "unmerged") | "untracked" | null;
            oldPath: string | null;
            path: string;
            staged: boolean;
            submodule: boolean;
            unstaged: boolean;
            untracked: boolean;
            worktree: ("modified" | "type changed" | "added" | "deleted" | "renamed" | "copied" | "unmerged") | "untracked" | null;
        };
        /** @description What became of a file; the counts are null for a binary one. `truncated`: lines of it are missing. */
        GitFileDiff: {
            additions: number | null;
            binary: boolean;
            deletions: number | null;
            hunks: components["schemas"]["GitHunk"][];
            oldPath: string | null;
            path: string;
            /** @enum {string} */
            status: "modified" | "type changed" | "added" | "deleted" | "renamed" | "copied" | "unmerged";
            submodule: boolean;
            truncated: boolean;
        };
        GitFiles: {
            files: components["schemas"]["GitFile"][];
            truncated: boolean;
        };
        /** @description `id`: by which it is staged alone; of the same lines at the same place it is the same. */
        GitHunk: {
            header: string;
            id: string;
            lines: components["schemas"]["GitDiffLine"][];
            newLines: number;
            newStart: number;
            oldLines: number;
            oldStart: number;
        };
        GitLog: {
            commits: components["schemas"]["GitCommit"][];
            nextCursor: string | null;
        };
        /** @description `merged` false: there was nothing new, and no commit. */
        GitMerged: {
            commit: components["schemas"]["GitCommit"] | null;
            formatted: string;
            merged: boolean;
            status: components["schemas"]["GitStatus"];
            workspaceDir: string;
        };
        /** @description A file that this session and others have changed. */
        GitOverlap: {
            path: string;
            sessions: components["schemas"]["SessionName"][];
        };
        /** @description `unknown`: sessions that could not be looked into just now. */
        GitOverlaps: {
            overlaps: components["schemas"]["GitOverlap"][];
            truncated: boolean;
            unknown: components["schemas"]["SessionName"][];
        };
        /** @description `at` is null for what no calendar holds. */
        GitPerson: {
            at: string | null;
            email: string;
            name: string;
        };
        /** @description A commit, and what it did to its first parent. */
        GitShown: {
            commit: components["schemas"]["GitCommit"];
            files: components["schemas"]["GitFileDiff"][];
            stat: components["schemas"]["GitDiffStat"];
            truncated: boolean;
        };
        /** @description `formatted`: the status in one line, as `main ↑2 ↓1 +1 ~3 ?2 !1`; empty where there is no repository. */
        GitStanding: {
            formatted: string;
            status: components["schemas"]["GitStatus"];
            workspaceDir: string;
        };
        GitStandingWithOverlaps: {
            formatted: string;
            overlaps: components["schemas"]["GitOverlap"][];
            status: components["schemas"]["GitStatus"];
            truncated: boolean;
            unknown: components["schemas"]["SessionName"][];
            workspaceDir: string;
        };
        /** @description How a workspace stands. `branch` is null when HEAD is detached, `head` before the first commit. */
        GitStatus: {
            ahead: number;
            behind: number;
            branch: string | null;
            conflicted: number;
            detached: boolean;
            head: string | null;
            isRepo: boolean;
            staged: number;
            unstaged: number;
            untracked: number;
            upstream: string | null;
        };
        GuestSession: {
            agent: string;
            cols: number;
            id: string;
            name: string;
            rows: number;
            /** @enum {string} */
            state: "working" | "idle" | "needs_input" | "rate_limited" | "over_budget" | "exited" | "lost";
            /** @enum {string} */
            status: "starting" | "running" | "exited" | "lost";
        };
        GuestShare: {
            by: string;
            expiresAt: string;
            /** @enum {string} */
            mode: "view" | "control";
            session: components["schemas"]["GuestSession"];
        };
        /** @description Where the next agent finds what was done. */
        Handoff: {
            path: string;
        };
        /** @description `flags`: what a headless run of it keeps; `takesAnswers`: somebody can allow its tool calls while it runs. */
        Headless: {
            flags: ("readOnly" | "dryRun" | "confirm" | "strict")[];
            takesAnswers: boolean;
        };
        /** @description `uptime`: seconds since the server was started. */
        HealthAnswer: {
            /** @constant */
            status: "ok";
            timestamp: string;
            uptime: number;
            version: string;
        };
        HostUnavailableFailure: {
            error: {
                /** @enum {string} */
                code: "HOST_UNAVAILABLE";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description `path`: where an agent finds it; `url`: where a page does. */
        ImageUploaded: {
            /** Format: uuid */
            id: string;
            path: string;
            url: string;
        };
        Input: {
            data: string;
        };
        InternalErrorFailure: {
            error: {
                /** @enum {string} */
                code: "INTERNAL_ERROR";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        InvalidRequestFailure: {
            error: {
                /** @enum {string} */
                code: "INVALID_REQUEST";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description How well this machine walls sessions in. `mechanisms` and `promises` have a value each, null for nothing. */
        IsolationAnswer: {
            /** @enum {string} */
            level: "none" | "landlock-files" | "landlock" | "namespaces";
            mechanisms: {
                [key: string]: unknown;
            };
            minimum: components["schemas"]["Minimum"];
            missing: components["schemas"]["Missing"][];
            network: components["schemas"]["UsualNetwork"];
            openAttacks: string[];
            promises: {
                [key: string]: unknown;
            };
            refusedLevels: components["schemas"]["RefusedLevel"][];
            runAs: string;
            severalUsers: boolean;
            verified: components["schemas"]["Verified"] | null;
            wanted: string;
        };
        KeyAnswer: {
            key: components["schemas"]["StoredKey"];
        };
        KeyDeletedAnswer: {
            /** @constant */
            deleted: true;
            provider: string;
            /** @enum {string} */
            scope: "own" | "all";
        };
        KeyRevokedAnswer: {
            id: string;
            /** @constant */
            revoked: true;
        };
        Keys: {
            auth: string;
            p256dh: string;
        };
        KeysAnswer: {
            keys: components["schemas"]["StoredKey"][];
        };
        /** @description What the provider said to the key: its HTTP `status`, null when it was not reached. */
        KeyTrialAnswer: {
            /** @enum {string} */
            outcome: "ok" | "refused" | "unreachable" | "unclear";
            provider: string;
            status: number | null;
        };
        /** @description What all calls of the session together may cost; the value is in pico-dollars. */
        Limit: {
            limitUsd: string | number;
        };
        /** @description A TCP port on which a process of the session listens; `previewUrl` shows what it serves. */
        ListeningPort: {
            address: string;
            command: string;
            pid: number;
            port: number;
            previewUrl: string;
        };
        ListeningPorts: {
            ports: components["schemas"]["ListeningPort"][];
        };
        LogIn: {
            /** @default false */
            browser?: boolean;
            password: string;
            username: string;
        };
        LoginAnswer: {
            login: components["schemas"]["AgentLogin"];
        };
        LoginEndedAnswer: {
            /** @constant */
            ended: true;
            id: string;
        };
        LoginLinkAnswer: {
            loginLink: string;
        };
        LoginRevokedAnswer: {
            agent: string;
            /** @constant */
            revoked: true;
        };
        LoginsAnswer: {
            logins: components["schemas"]["AgentLogin"][];
        };
        MachineDisk: {
            freeBytes: number;
            totalBytes: number;
            usedBytes: number;
        };
        MachineMemory: {
            availableBytes: number;
            limitBytes: number | null;
            totalBytes: number;
            usedBytes: number;
        };
        MakeFolder: {
            /** @default true */
            parents?: boolean;
            path?: string | null;
            rawPath?: string | null;
            sessionId?: string | null;
        };
        MeAnswer: {
            user: components["schemas"]["User"];
        };
        /** @description `from`: the id of the session whose work comes here. */
        MergeWork: {
            from: string;
            message?: string | null;
        };
        Minimum: {
            /** @enum {string} */
            effective: "none" | "landlock-files" | "landlock" | "namespaces";
            satisfied: boolean;
            wanted: string;
        };
        /** @description A promise that this machine can't keep, and how to mend that. */
        Missing: {
            fix: string;
            what: string;
            why: string;
        };
        /** @description `prices` is null when nobody knows them. */
        Model: {
            contextWindow: number | null;
            deprecated: boolean;
            description: string;
            id: string;
            maxOutputTokens: number | null;
            name: string;
            prices: components["schemas"]["Prices"] | null;
        };
        ModelConfig: {
            model: string | null;
            provider: string | null;
        };
        ModelPart: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            model: string;
            outputTokens: number;
            provider: string;
            reasoningTokens: number;
            requests: number;
            sharePercent: number;
            unpriced: components["schemas"]["UnpricedModels"];
        };
        /** @description A profile of the caller's that starts an agent with a model. */
        ModelProfile: {
            agent: string;
            configured: boolean;
            id: string;
            isDefault: boolean;
            model: string | null;
            name: string;
            provider: string | null;
        };
        ModelProfilesAnswer: {
            profiles: components["schemas"]["ModelProfile"][];
        };
        ModelsAnswer: {
            configuredProviders: string[];
            profiles: components["schemas"]["ModelProfile"][];
            providers: components["schemas"]["ProviderWithModels"][];
        };
        /** @description Null is what the terminal cannot tell. */
        Modes: {
            alternateScreen: boolean | null;
            applicationCursor: boolean | null;
            applicationKeypad: boolean | null;
            autoWrap: boolean | null;
            bracketedPaste: boolean | null;
            focusEvents: boolean | null;
            insert: boolean | null;
            kittyKeyboard: number | null;
            mouse: ("none" | "x10" | "normal" | "button" | "any") | null;
            mouseEncoding: ("default" | "utf8" | "sgr" | "urxvt" | "sgr-pixels") | null;
            origin: boolean | null;
            reverseVideo: boolean | null;
            synchronizedOutput: boolean | null;
        };
        /** @description `secret` is told this once. */
        NewApiTokenAnswer: {
            secret: string;
            token: components["schemas"]["ApiToken"];
        };
        NewPassword: {
            current?: string | null;
            new: string;
        };
        /** @description `url` is told this once, of one that goes by a link. */
        NewShare: {
            createdAt: string;
            createdBy: string;
            expiresAt: string;
            id: string;
            maxUses: number | null;
            /** @enum {string} */
            mode: "view" | "control";
            url: string | null;
            user: string | null;
            uses: number;
        };
        NewShareAnswer: {
            share: components["schemas"]["NewShare"];
        };
        /** @description `loginLink`: of one who was given no password. */
        NewUserAnswer: {
            loginLink?: string;
            user: components["schemas"]["Person"];
        };
        NotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        NotFoundOrSessionNotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "NOT_FOUND" | "SESSION_NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description `key`: the `applicationServerKey` that browsers subscribe with. `kinds`: all that one can be told of. */
        NotificationsAnswer: {
            key: string;
            kinds: ("needs_input" | "finished" | "over_budget" | "failed" | "rate_limited")[];
            subscriptions: components["schemas"]["PushSubscription"][];
        };
        OneExecuted: {
            durationMs: number;
            exitCode: number | null;
            match?: string;
            offset: number;
            output: string | null;
            reason: string;
            sessionId: string;
            state: ("working" | "idle" | "needs_input" | "rate_limited" | "over_budget" | "exited" | "lost") | null;
            submitted: boolean;
            /** @constant */
            success: true;
            timedOut: boolean;
            truncated: boolean;
            waitFor: string | null;
        };
        OneFailed: {
            error: components["schemas"]["Problem"];
            sessionId: string;
            /** @constant */
            success: false;
        };
        OneTyped: {
            sessionId: string;
            /** @constant */
            success: true;
        };
        /** @description The last `lines`, rows of scrollback and screen; `raw` is them with newlines between. */
        OutputAnswer: {
            lines: string[];
            offset: number;
            raw: string;
            totalLines: number;
        };
        /** @description What is not sent stays as it is. */
        PatchBudget: {
            /** @enum {string} */
            action?: "warn" | "block";
            limitUsd?: string | number;
            name?: string;
            softPercent?: number;
        };
        /** @description What is not sent stays as it is; no tags at all are an empty list, and no budget is null. */
        PatchSession: {
            budget?: components["schemas"]["Limit"] | null;
            color?: string;
            name?: string;
            searchable?: boolean;
            tags?: string[];
        };
        /** @description What is missing stays as it is. `stopSessions`: with `isActive` false, what runs of theirs is ended as well. */
        PatchUser: {
            isActive?: boolean | null;
            password?: string | null;
            role?: ("admin" | "member" | "viewer") | null;
            /** @default false */
            stopSessions?: boolean;
        };
        /** @description A user as administrators see them. */
        Person: {
            createdAt: string;
            hasPassword: boolean;
            id: number;
            isActive: boolean;
            isStaff: boolean;
            lastLoginAt: string | null;
            liveSessions: number;
            /** @enum {string} */
            role: "admin" | "member" | "viewer";
            username: string;
        };
        /** @description How much of a subscription is used up, as a transcript said last. */
        PlanUsage: {
            agent: string;
            resetsAt: string | null;
            seenAt: string;
            usedPercent: number;
            window: string;
            windowMinutes: number | null;
        };
        PlanUsages: {
            plans: components["schemas"]["PlanUsage"][];
        };
        PostBranch: {
            from?: string | null;
            name: string;
            /** @default false */
            switch?: boolean;
        };
        /** @description What is staged, or `paths`, or `all`. `hooks`: let those of the repository run. */
        PostCommit: {
            /** @default false */
            all?: boolean;
            author?: components["schemas"]["CommitAuthor"] | null;
            /** @default false */
            hooks?: boolean;
            message: string;
            paths?: string[];
        };
        /** @description `async`: answer as soon as it is started. */
        PostRun: {
            agent?: string | null;
            /** @default false */
            async?: boolean;
            budgetUsd?: string | number | null;
            /** @default false */
            confirm?: boolean;
            /** @default false */
            dryRun?: boolean;
            message: string;
            model?: string | null;
            provider?: string | null;
            /** @default false */
            readOnly?: boolean;
            sessionId?: string | null;
            /** @default false */
            strict?: boolean;
            timeoutMs?: number | null;
        };
        /** @description `page`: a name of the page's own, the same each time; `visible`: whether somebody can see it now. */
        Presence: {
            page: string;
            visible: boolean;
        };
        PresenceAnswer: {
            visible: boolean;
        };
        /** @description Dollars per million tokens, as decimal numbers. */
        Prices: {
            cacheRead?: string;
            cacheWrite?: string;
            cacheWrite1h?: string;
            input?: string;
            output?: string;
        };
        Problem: {
            code: string;
            details?: {
                [key: string]: unknown;
            };
            message: string;
        };
        Process: {
            agent: string | null;
            argv: string[];
            cpuPercent: number | null;
            cpuSeconds: number | null;
            memoryBytes: number;
            name: string;
            pid: number;
            ppid: number;
            startedAt: string;
            /** @enum {string} */
            state: "running" | "sleeping" | "disk-sleep" | "stopped" | "tracing-stop" | "zombie" | "dead" | "idle" | "unknown";
        };
        ProcessesAnswer: {
            count: number;
            cpuPercent: number | null;
            memoryBytes: number;
            processCount: number;
            sessions: components["schemas"]["SessionTotals"][];
        };
        /** @description A named way to start a session. The machine's shells are profiles too, which nobody can change (`isCustom`). */
        Profile: {
            agent: string;
            args: string[];
            color: string | null;
            createdAt: string | null;
            cwd: string | null;
            env: {
                [key: string]: string;
            };
            icon: string | null;
            id: string;
            initialCommand: string | null;
            isCustom: boolean;
            isDefault: boolean;
            model: string | null;
            name: string;
            path: string | null;
            prompt: string | null;
            provider: string | null;
            tags: string[];
            updatedAt: string | null;
        };
        ProfileAnswer: {
            profile: components["schemas"]["Profile"];
        };
        ProfileDeletedAnswer: {
            /** @constant */
            deleted: true;
            id: string;
        };
        ProfilesAnswer: {
            profiles: components["schemas"]["Profile"][];
        };
        /** @description A provider, and what the caller's calls to it go out with; the addresses are told to staff alone. */
        Provider: {
            baseUrl?: string | null;
            baseUrlVariable?: string | null;
            configured: boolean;
            dialects: string[];
            id: string;
            keyPage: string | null;
            keySource: ("own" | "stored" | "file" | "env") | null;
            keyVariables: string[];
            missingEnvVars: string[];
            name: string;
            needsKey: boolean;
        };
        ProviderPart: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            provider: string;
            reasoningTokens: number;
            requests: number;
            sharePercent: number;
            unpriced: components["schemas"]["UnpricedModels"];
        };
        ProvidersAnswer: {
            configuredProviders: string[];
            providers: components["schemas"]["Provider"][];
        };
        ProviderWithModels: {
            baseUrl?: string | null;
            baseUrlVariable?: string | null;
            configured: boolean;
            dialects: string[];
            id: string;
            keyPage: string | null;
            keySource: ("own" | "stored" | "file" | "env") | null;
            keyVariables: string[];
            missingEnvVars: string[];
            models: components["schemas"]["Model"][];
            name: string;
            needsKey: boolean;
        };
        /** @description A browser of yours that is told while no page is looked at. `device`: what it calls itself. */
        PushSubscription: {
            createdAt: string;
            device: string | null;
            /** Format: uuid */
            id: string;
            kinds: ("needs_input" | "finished" | "over_budget" | "failed" | "rate_limited")[];
            lastSentAt: string | null;
        };
        /** @description `document`: the OpenAPI document itself, as JSON or as a text that holds it; no address is ever fetched. */
        PutDocument: {
            baseUrl?: string | null;
            document: {
                [key: string]: unknown;
            } | string;
        };
        /** @description A key to store; `scope: all`, for everybody, and `baseUrl` are for staff. */
        PutKey: {
            baseUrl?: string | null;
            /** Format: password */
            key: string;
            provider: string;
            /**
             * @default own
             * @enum {string}
             */
            scope?: "own" | "all";
        };
        /** @description Why there is no such range; the header `Content-Range` tells the size. */
        RangeRefusal: {
            /** @constant */
            code: "INVALID_REQUEST";
            message: string;
        };
        RangeRefused: {
            error: components["schemas"]["RangeRefusal"];
            /** @constant */
            success: false;
        };
        RateLimitedFailure: {
            error: {
                /** @enum {string} */
                code: "RATE_LIMITED";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description What happens again within a minute is one entry with a `count`; `sent` and `received` are bytes. */
        Reached: {
            at: string;
            count: number;
            host: string;
            port: number;
            reason: string;
            received: number;
            sent: number;
            /** @enum {string} */
            verdict: "allowed" | "refused" | "failed";
        };
        /** @description The newest last. */
        ReachedAnswer: {
            allow: string[];
            network: ("none" | "gateway" | "proxy" | "open") | null;
            reached: components["schemas"]["Reached"][];
        };
        /** @description What a session prints, with its time. `truncated`: the limit that ended it; `error`: why it has failed. */
        Recording: {
            agent: string;
            cols: number;
            durationMs: number;
            endedAt: string | null;
            error: string | null;
            eventCount: number;
            format: string;
            /** Format: uuid */
            id: string;
            includeInput: boolean;
            markerCount: number;
            markers: components["schemas"]["RecordingMarker"][];
            rows: number;
            sessionDeleted: boolean;
            /** Format: uuid */
            sessionId: string;
            sessionName: string;
            sizeBytes: number;
            startedAt: string;
            /** @enum {string} */
            status: "recording" | "stopped" | "failed";
            title: string;
            truncated: ("size" | "time") | null;
        };
        RecordingAnswer: {
            recording: components["schemas"]["Recording"];
        };
        /** @description The recording that was started or stopped. */
        RecordingChanged: {
            eventCount: number;
            recording: components["schemas"]["Recording"];
            /** Format: uuid */
            recordingId: string;
            /** Format: uuid */
            sessionId: string;
            size: number;
            /** @enum {string} */
            status: "recording" | "stopped" | "failed";
            /** Format: uuid */
            terminalId: string;
        };
        RecordingDeleted: {
            /** @constant */
            deleted: true;
            id: string;
        };
        /** @description The first 100 markers of each; `nextCursor` is for the next page, null at the end. */
        RecordingList: {
            nextCursor: string | null;
            recordings: components["schemas"]["Recording"][];
        };
        /** @description Something that happened while it was recorded. */
        RecordingMarker: {
            atMs: number;
            /** @enum {string} */
            kind: "prompt" | "command" | "state" | "cost" | "budget" | "exit" | "agent" | "mark";
            label: string;
        };
        /** @description Whether a session is recorded, and as what. */
        RecordingState: {
            isRecording: boolean;
            recording: components["schemas"]["Recording"] | null;
            recordingId: string | null;
            /** Format: uuid */
            sessionId: string;
            /** @enum {string} */
            status: "recording" | "not_recording" | "stopped" | "failed";
            /** Format: uuid */
            terminalId: string;
        };
        Refresh: {
            refresh: string;
        };
        RefusedLevel: {
            fix: string;
            level: string;
            why: string;
        };
        RenameFile: {
            newPath?: string | null;
            oldPath?: string | null;
            /** @default false */
            overwrite?: boolean;
            rawNewPath?: string | null;
            rawOldPath?: string | null;
            sessionId?: string | null;
        };
        /** @description The repository that a workspace begins with: the one at `url`, or the one in the folder `path` of this machine. `worktree`: on a branch of its own; of a folder it shares the history then, instead of a copy of it. */
        Repo: {
            branch?: string | null;
            depth?: number | null;
            path?: string | null;
            url?: string | null;
            /** @default false */
            worktree?: boolean;
        };
        /** @description `resume`: the agent goes on with its last conversation, where it has one and can. */
        Restart: {
            /** @default true */
            resume?: boolean;
        };
        /** @description One message to an agent and what came of it. `usage` is what the agent says itself, `cost` is the ledger's. */
        Run: {
            agent: string;
            awaiting: components["schemas"]["RunEvent"] | null;
            confirm: boolean;
            conversation: string | null;
            cost: components["schemas"]["Cost"];
            dryRun: boolean;
            endedAt: string | null;
            /** Format: uuid */
            id: string;
            message: string;
            modelConfig: components["schemas"]["ModelConfig"];
            readOnly: boolean;
            reason: string | null;
            result: string;
            sessionId: string | null;
            sessionName: string;
            startedAt: string;
            /** @enum {string} */
            status: "queued" | "running" | "done" | "failed" | "limit" | "needs_input" | "cancelled";
            strict: boolean;
            timeoutMs: number;
            usage: {
                [key: string]: unknown;
            };
        };
        RunAnswer: {
            run: components["schemas"]["RunWithEvents"];
        };
        RunAnswered: {
            /** @enum {string} */
            decision: "once" | "always" | "no";
            id: string;
            runId: string;
        };
        RunCancelled: {
            run: components["schemas"]["RunWithDiff"];
        };
        /** @description What holds for every run, whatever it asks for, and the agents that run headless. */
        RunConfiguration: {
            agents: string[];
            baseUrl: string;
            confirmDefault: boolean;
            defaultAgent: string;
            defaultModel: string | null;
            defaultProvider: string | null;
            dryRun: boolean;
            readOnly: boolean;
            runsPerUser: number | null;
            strict: boolean;
            syncSource: "openapi" | null;
            timeoutMs: number;
        };
        /** @description Something that happened in a run; what else it has follows from its `kind`. */
        RunEvent: {
            kind: string;
        } & {
            [key: string]: unknown;
        };
        RunList: {
            nextCursor: string | null;
            runs: components["schemas"]["Run"][];
        };
        /** @description How to ask for a run later. */
        RunNames: {
            /** Format: uuid */
            runId: string;
            sessionId: string | null;
        };
        RunnerFigures: {
            cpuPercent: number | null;
            cpuSeconds: number;
            memoryBytes: number;
            openFiles: number | null;
            startedAt: string;
        };
        /** @description How a run ended, and all that happened in it. */
        RunOutcome: {
            agent: string;
            awaiting: components["schemas"]["RunEvent"] | null;
            confirm: boolean;
            conversation: string | null;
            cost: components["schemas"]["Cost"];
            diff: string | null;
            diffTruncated: boolean;
            dryRun: boolean;
            endedAt: string | null;
            events: components["schemas"]["RunEvent"][];
            message: string;
            modelConfig: components["schemas"]["ModelConfig"];
            readOnly: boolean;
            reason: string | null;
            result: string;
            /** Format: uuid */
            runId: string;
            sessionId: string | null;
            sessionName: string;
            startedAt: string;
            /** @enum {string} */
            status: "queued" | "running" | "done" | "failed" | "limit" | "needs_input" | "cancelled";
            strict: boolean;
            timeoutMs: number;
            usage: {
                [key: string]: unknown;
            };
        };
        /** @description `diff`: what changed in the workspace meanwhile, null where that is no git repository. */
        RunWithDiff: {
            agent: string;
            awaiting: components["schemas"]["RunEvent"] | null;
            confirm: boolean;
            conversation: string | null;
            cost: components["schemas"]["Cost"];
            diff: string | null;
            diffTruncated: boolean;
            dryRun: boolean;
            endedAt: string | null;
            /** Format: uuid */
            id: string;
            message: string;
            modelConfig: components["schemas"]["ModelConfig"];
            readOnly: boolean;
            reason: string | null;
            result: string;
            sessionId: string | null;
            sessionName: string;
            startedAt: string;
            /** @enum {string} */
            status: "queued" | "running" | "done" | "failed" | "limit" | "needs_input" | "cancelled";
            strict: boolean;
            timeoutMs: number;
            usage: {
                [key: string]: unknown;
            };
        };
        RunWithEvents: {
            agent: string;
            awaiting: components["schemas"]["RunEvent"] | null;
            confirm: boolean;
            conversation: string | null;
            cost: components["schemas"]["Cost"];
            diff: string | null;
            diffTruncated: boolean;
            dryRun: boolean;
            endedAt: string | null;
            events: components["schemas"]["RunEvent"][];
            /** Format: uuid */
            id: string;
            message: string;
            modelConfig: components["schemas"]["ModelConfig"];
            readOnly: boolean;
            reason: string | null;
            result: string;
            sessionId: string | null;
            sessionName: string;
            startedAt: string;
            /** @enum {string} */
            status: "queued" | "running" | "done" | "failed" | "limit" | "needs_input" | "cancelled";
            strict: boolean;
            timeoutMs: number;
            usage: {
                [key: string]: unknown;
            };
        };
        /** @description `cursor` is the `nextCursor` of the page before. */
        Search: {
            cursor?: string | null;
            filters?: components["schemas"]["SearchFilters"] | null;
            /** @default 50 */
            limit?: number;
            query: string;
        };
        /** @description Where a hit is. `recordingId`, `recordingTimeMs`: the newest recording made at that moment, and where in it. */
        SearchDocument: {
            agent: string;
            id: string;
            offset: number;
            recordingId: string | null;
            recordingTimeMs: number | null;
            /** Format: uuid */
            sessionId: string;
            sessionName: string | null;
            /** Format: uuid */
            terminalId: string;
            timestamp: string;
            /** @enum {string} */
            type: "output" | "input";
        };
        /** @description `query`: part of a name or a line, or with `regex` an expression (RE2, or ripgrep's). */
        SearchFiles: {
            /** @default false */
            caseSensitive?: boolean;
            glob?: string | null;
            /** @default false */
            hidden?: boolean;
            /**
             * @default name
             * @enum {string}
             */
            kind?: "name" | "content";
            /** @default 200 */
            limit?: number;
            path?: string | null;
            query: string;
            rawPath?: string | null;
            /** @default false */
            regex?: boolean;
            sessionId?: string | null;
        };
        /** @description `since` and `until`: when it was printed. `recordingId`: what was printed while that was made. */
        SearchFilters: {
            agent?: string | null;
            kind?: ("output" | "input") | null;
            recordingId?: string | null;
            sessionId?: string | null;
            since?: string | null;
            until?: string | null;
        };
        SearchIndexCleared: {
            /** @constant */
            status: "cleared";
        };
        /** @description `matches` are `[start, end]` in `context`, counted in Unicode code points. */
        SearchResult: {
            context: string;
            document: components["schemas"]["SearchDocument"];
            matches: [
                number,
                number
            ][];
            score: number;
        };
        /** @description `complete` false: it took too long, `nextCursor` goes on. `since`: from when on the index holds anything. */
        SearchResults: {
            complete: boolean;
            dropped: components["schemas"]["Dropped"];
            nextCursor: string | null;
            results: components["schemas"]["SearchResult"][];
            since: string | null;
            tookMs: number;
        };
        SearchSuggestions: {
            suggestions: string[];
        };
        /** @description `signal`: a number, or a name with or without SIG; case counts for nothing. */
        SendSignal: {
            signal: number | string;
        };
        /** @description One event of a stream; `data` is JSON: a `RunEvent`, or for the event `run`, which comes first, a `RunNames`. */
        ServerSentEvent: {
            data?: string;
            event?: string;
            id?: string;
            retry?: number;
        };
        /** @description A workspace and the agent in it, as it is now. */
        Session: {
            /** @enum {string} */
            access: "own" | "view" | "control";
            agent: string;
            blockedBy: components["schemas"]["Blocked"] | null;
            budget: components["schemas"]["Standing"] | null;
            bySubscription: boolean;
            color: string;
            cols: number;
            cost: components["schemas"]["Cost"];
            createdAt: string;
            endedBy: ("stop" | "idle" | "memory") | null;
            exitCode: number | null;
            git: components["schemas"]["SessionGit"] | null;
            id: string;
            isolation: components["schemas"]["Box"];
            /** @enum {string} */
            kind: "interactive" | "run";
            lastActiveAt: string;
            modelConfig: components["schemas"]["ModelConfig"];
            name: string;
            offset: number;
            pid: number | null;
            profile: string | null;
            repo: components["schemas"]["SessionRepo"] | null;
            rows: number;
            searchable: boolean;
            sharedBy: string | null;
            signal: number | null;
            /** @enum {string} */
            state: "working" | "idle" | "needs_input" | "rate_limited" | "over_budget" | "exited" | "lost";
            stateSince: string;
            /** @enum {string} */
            status: "starting" | "running" | "exited" | "lost";
            tags: string[];
            viewers: components["schemas"]["Viewer"][];
            withinId: string | null;
            workspaceDir: string;
        };
        SessionAnswer: {
            session: components["schemas"]["Session"];
        };
        SessionCounts: {
            running: number;
            total: number;
        };
        /** @description `end`: whether it was seen that no process is left; null where nothing ran. */
        SessionDeletedAnswer: {
            /** @constant */
            deleted: true;
            end: ("certain" | "likely") | null;
            id: string;
        };
        /** @description The workspace as a repository when it was last looked at. */
        SessionGit: {
            branch: string | null;
            formatted: string | null;
        };
        SessionName: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        SessionNotFoundFailure: {
            error: {
                /** @enum {string} */
                code: "SESSION_NOT_FOUND";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description 500 at most, the program first. */
        SessionProcessesAnswer: {
            agent: string | null;
            cpuPercent: number | null;
            cpuSeconds: number | null;
            foreground: components["schemas"]["ForegroundProcess"] | null;
            memoryBytes: number;
            pid: number | null;
            processCount: number;
            processes: components["schemas"]["Process"][];
        };
        /** @description The repository that the workspace began with. */
        SessionRepo: {
            branch: string | null;
            depth: number | null;
            /** @enum {string} */
            kind: "url" | "path";
            source: string;
            worktree: boolean;
        };
        SessionsAnswer: {
            nextCursor: string | null;
            sessions: components["schemas"]["Session"][];
        };
        SessionSums: {
            agent: string;
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            createdAt: string;
            inputTokens: number;
            name: string;
            outputTokens: number;
            owner: string;
            reasoningTokens: number;
            requests: number;
            sessionId: string;
            unpriced: components["schemas"]["Unpriced"];
        };
        /** @description All null when the session's runner does not answer. */
        SessionTotals: {
            agent: string | null;
            cpuPercent: number | null;
            cpuSeconds: number | null;
            foreground: components["schemas"]["ForegroundProcess"] | null;
            memoryBytes: number | null;
            name: string;
            pid: number | null;
            processCount: number | null;
            sessionId: string;
        };
        SessionTranscripts: {
            activity: components["schemas"]["AgentActivity"];
            transcripts: components["schemas"]["TranscriptCalls"];
        };
        /** @description `user`: whom it is with; null for one that goes by a link. */
        Share: {
            createdAt: string;
            createdBy: string;
            expiresAt: string;
            id: string;
            maxUses: number | null;
            /** @enum {string} */
            mode: "view" | "control";
            user: string | null;
            uses: number;
        };
        SharedAnswer: {
            share: components["schemas"]["GuestShare"];
        };
        ShareDeletedAnswer: {
            /** @constant */
            deleted: true;
            id: string;
        };
        /** @enum {string} */
        ShareMode: "view" | "control";
        SharesAnswer: {
            shares: components["schemas"]["Share"][];
        };
        /** @description A link that logs its maker in, once. */
        ShareTokenAnswer: {
            expiresAt: string;
            url: string;
        };
        Shell: {
            cmd: string;
            name: string;
            path: string;
        };
        /** @description `default` runs unasked; `cwd` may be named as a session's folder, null: none may. */
        ShellsAnswer: {
            cwd: string | null;
            default: string | null;
            shells: components["schemas"]["Shell"][];
        };
        SignalAnswer: {
            signal: string;
        };
        Size: {
            cols: number;
            rows: number;
        };
        SizeAnswer: {
            cols: number;
            rows: number;
        };
        /** @description `snapshot`: escape sequences that give a fresh terminal of that size this very screen, as of `offset`. */
        SnapshotAnswer: {
            alternate: boolean;
            cols: number;
            cursor: components["schemas"]["Cursor"];
            modes: components["schemas"]["Modes"];
            offset: number;
            rows: number;
            snapshot: string;
            /** @enum {string} */
            state: "working" | "idle" | "needs_input" | "rate_limited" | "over_budget" | "exited" | "lost";
            text: string;
            title: string | null;
        };
        /** @description `expiresIn`: seconds. */
        SocketTokenAnswer: {
            expiresIn: number;
            token: string;
        };
        /** @description What `parts` leave of a day's sum, which `/costs/daily` tells, is all others'. */
        StackedAnswer: {
            /** @enum {string} */
            by: "provider" | "model" | "agent" | "user";
            /** @constant */
            currency: "USD";
            parts: components["schemas"]["StackedPart"][];
            range: components["schemas"]["DateRange"];
        };
        StackedDay: {
            apiEquivalentUsd: string;
            costUsd: string;
            date: string;
            tokens: number;
        };
        StackedPart: {
            days: components["schemas"]["StackedDay"][];
            name: string;
        };
        /** @description `hunks`: ids of `GET …/git/diff`; only these, of the one file in `paths`. */
        StageFiles: {
            /** @default false */
            all?: boolean;
            hunks?: string[];
            paths?: string[];
        };
        /** @description A budget as it stands for one session. */
        Standing: {
            /** @enum {string} */
            action: "warn" | "block";
            id: string;
            leftUsd: string;
            limitUsd: string;
            name: string;
            percent: number;
            /** @enum {string} */
            period: "total" | "day" | "week" | "month";
            /** @enum {string} */
            scope: "global" | "user" | "session" | "agent";
            softPercent: number;
            spentUsd: string;
        };
        /** @description The options may stand in an object `options` as well, as TermFlow's clients send them. */
        StartRecording: {
            /** @default false */
            includeInput?: boolean;
            sessionId?: string | null;
            title?: string;
        };
        /** @description `stopped`: ids of the sessions that ran, and were ended. */
        StoppedSessions: {
            notStopped: components["schemas"]["Unstopped"][];
            stopped: string[];
        };
        StorageFullFailure: {
            error: {
                /** @enum {string} */
                code: "STORAGE_FULL";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description Never the key itself, at most its `ending`; who sees only that there is one gets nulls. */
        StoredKey: {
            baseUrl: string | null;
            ending: string | null;
            provider: string;
            /** @enum {string} */
            scope: "own" | "all";
            storedAt: string;
            storedBy: string | null;
            usable: boolean;
        };
        /** @description What `PushSubscription.toJSON()` says in a browser, and what it wants to be told of; else of everything. */
        Subscribe: {
            endpoint: string;
            keys: components["schemas"]["Keys"];
            kinds?: ("needs_input" | "finished" | "over_budget" | "failed" | "rate_limited")[];
        };
        SubscribedAnswer: {
            subscription: components["schemas"]["PushSubscription"];
        };
        /** @description `apiEquivalent`: what a subscription's calls would have cost by the API; never part of the dollars. */
        Sums: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            unpriced: components["schemas"]["UnpricedModels"];
        };
        /** @description `handoff: summary` writes down for the next agent what was done. */
        SwitchAgent: {
            agent: string;
            /**
             * @default none
             * @enum {string}
             */
            handoff?: "none" | "summary";
            model?: string | null;
            provider?: string | null;
        };
        /** @description To a branch, or to the commit `ref` without one. */
        SwitchBranch: {
            branch?: string | null;
            ref?: string | null;
        };
        SwitchedAnswer: {
            handoff?: components["schemas"]["Handoff"];
            session: components["schemas"]["Session"];
        };
        /** @description The machine that sessions start on; `home` and `runnerPid` are for staff. `uptime`: seconds. */
        SystemInfoAnswer: {
            arch: string;
            cpuCount: number;
            diskBytes: number;
            home?: string;
            hostname: string;
            kernel: string;
            memoryBytes: number;
            os: string;
            platform: string;
            runnerPid?: number;
            runnerStartedAt: string;
            uptime: number;
            version: string;
        };
        /** @description `cpuPercent` is of all processors together, the runner's is of one. */
        SystemMetricsAnswer: {
            cpuCount: number;
            cpuPercent: number | null;
            disk: components["schemas"]["MachineDisk"];
            loadAverage: number[];
            memory: components["schemas"]["MachineMemory"];
            runner: components["schemas"]["RunnerFigures"];
            sessions: components["schemas"]["SessionCounts"];
            timestamp: string;
            uptime: number;
        };
        /** @description `expiresIn`: seconds for which `access` counts; `refresh` is good once, for the next pair. */
        TokensAnswer: {
            access: string;
            expiresIn: number;
            refresh: string;
            user: components["schemas"]["User"];
        };
        /** @description What agterm-agent can call; `parameters` is a JSON schema. */
        Tool: {
            description: string;
            name: string;
            parameters: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            provenance: "declared" | "inferred";
            /** @enum {string} */
            safety: "read_only" | "mutating" | "destructive";
            source: string;
        };
        TooLargeFailure: {
            error: {
                /** @enum {string} */
                code: "TOO_LARGE";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description A past tool call of a run. */
        ToolCall: {
            agent: string;
            arguments: {
                [key: string]: unknown;
            };
            at: string;
            durationMs: number | null;
            id: string;
            result: unknown;
            /** Format: uuid */
            runId: string;
            safety: ("read_only" | "mutating" | "destructive") | null;
            sessionId: string | null;
            sessionName: string;
            /** @enum {string} */
            status: "ok" | "error" | "pending";
            tool: string;
        };
        ToolHistory: {
            history: components["schemas"]["ToolCall"][];
            nextCursor: string | null;
        };
        ToolList: {
            tools: components["schemas"]["Tool"][];
        };
        ToolResource: {
            actions: components["schemas"]["Tool"][];
            baseUrl: string;
            name: string;
        };
        /** @description The caller's OpenAPI documents with the tools that each becomes. */
        ToolSchema: {
            resources: components["schemas"]["ToolResource"][];
            source: "openapi" | null;
            version: number;
        };
        ToolUse: {
            count: number;
            failed: number;
            name: string;
            totalMs: number;
        };
        /** @description `sessions`: how many called anything. */
        Total: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            sessions: number;
            unpriced: components["schemas"]["UnpricedModels"];
        };
        /** @description Calls that transcripts tell of: all, those that the ledger knows, and those that it lacks. */
        TranscriptCalls: {
            matched: number;
            missing: number;
            told: number;
        };
        UnauthorizedFailure: {
            error: {
                /** @enum {string} */
                code: "UNAUTHORIZED";
                details?: {
                    [key: string]: unknown;
                };
                message: string;
            };
            /** @constant */
            success: false;
        };
        /** @description Calls whose model has no known price; they count as $0 until they get one. */
        Unpriced: {
            requests: number;
            tokens: number;
        };
        UnpricedModels: {
            models: string[];
            requests: number;
            tokens: number;
        };
        /** @description A session that may run on, and why: the code and the message of an error. */
        Unstopped: {
            code: string;
            id: string;
            message: string;
            name: string;
        };
        UnsubscribedAnswer: {
            /** @constant */
            deleted: true;
            /** Format: uuid */
            id: string;
        };
        /** @description `hasPassword`: false for somebody who has only ever come by a link. */
        User: {
            hasPassword: boolean;
            id: number;
            isStaff: boolean;
            /** @enum {string} */
            role: "admin" | "member" | "viewer";
            username: string;
        };
        UserAnswer: {
            user: components["schemas"]["Person"];
        };
        /** @description `sessions`: where they were to be stopped. The user is locked out whatever became of them. */
        UserChangedAnswer: {
            sessions?: components["schemas"]["StoppedSessions"];
            user: components["schemas"]["Person"];
        };
        /** @description `keptFor`: what still needs the row; the user is locked out then instead. `sessions`: as of `changeUser`. */
        UserDeletedAnswer: {
            deleted: boolean;
            id: number;
            keptFor: string[];
            sessions?: components["schemas"]["StoppedSessions"];
        };
        UserPart: {
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            inputTokens: number;
            outputTokens: number;
            reasoningTokens: number;
            requests: number;
            sharePercent: number;
            unpriced: components["schemas"]["UnpricedModels"];
            user: string | null;
            userId: number;
        };
        UsersAnswer: {
            nextCursor: string | null;
            users: components["schemas"]["Person"][];
        };
        UsualNetwork: {
            allow: string[];
            /** @enum {string} */
            default: "none" | "gateway" | "proxy" | "open";
            privateCount: number;
        };
        /** @description The last run of the attacks at this level. */
        Verified: {
            at: string;
            attacks: number;
            level: string;
            ms: number;
            open: number;
            unverified: number;
        };
        /** @description One attachment of somebody to the session. */
        Viewer: {
            drives: boolean;
            id: number;
            /** @enum {string} */
            mode: "control" | "view";
            since: string;
            user: string | null;
        };
        WholeSessionSums: {
            agent: string;
            apiEquivalent: components["schemas"]["Counts"];
            cacheReadTokens: number;
            cacheWriteTokens: number;
            costUsd: string;
            createdAt: string;
            inputTokens: number;
            name: string;
            outputTokens: number;
            owner: string;
            reasoningTokens: number;
            requests: number;
            sessionId: string;
            unpriced: components["schemas"]["UnpricedModels"];
        };
        /** @description `ifMatch`: the etag that the file must still have; `ifNoneMatch`: `*`, it must not be there yet. */
        WriteFile: {
            content: string;
            /** @default false */
            createParents?: boolean;
            /**
             * @default utf-8
             * @enum {string}
             */
            encoding?: "utf-8" | "base64";
            ifMatch?: string | null;
            ifNoneMatch?: string | null;
            path?: string | null;
            rawPath?: string | null;
            sessionId?: string | null;
        };
        /** @description A whole profile, to make one or to replace one. What the server sets may be sent along and counts for nothing. */
        WriteProfile: {
            /** @default shell */
            agent?: string;
            args?: string[];
            color?: string | null;
            cwd?: string | null;
            env?: {
                [key: string]: string;
            };
            icon?: string | null;
            initialCommand?: string | null;
            model?: string | null;
            name: string;
            path?: string | null;
            prompt?: string | null;
            provider?: string | null;
            tags?: string[];
        };
    };
    responses: {
        /** @description This agent is disabled on this server / You may not do this */
        AgentDisabledOrForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentDisabledOrForbiddenFailure"];
            };
        };
        /** @description This agent is disabled on this server / You may not do this / The path lies outside your workspaces and the allowed roots */
        AgentDisabledOrForbiddenOrPathOutsideWorkspace: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentDisabledOrForbiddenOrPathOutsideWorkspaceFailure"];
            };
        };
        /** @description Agent not found */
        AgentNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentNotFoundFailure"];
            };
        };
        /** @description Agent not found / There is nothing here */
        AgentNotFoundOrNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentNotFoundOrNotFoundFailure"];
            };
        };
        /** @description Agent not found / There is nothing here / Session not found */
        AgentNotFoundOrNotFoundOrSessionNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentNotFoundOrNotFoundOrSessionNotFoundFailure"];
            };
        };
        /** @description Agent not found / Session not found */
        AgentNotFoundOrSessionNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentNotFoundOrSessionNotFoundFailure"];
            };
        };
        /** @description The budget is used up */
        BudgetExceeded: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["BudgetExceededFailure"];
            };
        };
        /** @description The request conflicts with the present state */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ConflictFailure"];
            };
        };
        /** @description The request conflicts with the present state / Sessions can't be isolated well enough on this machine */
        ConflictOrIsolationTooWeak: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ConflictOrIsolationTooWeakFailure"];
            };
        };
        /** @description You may not do this */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ForbiddenFailure"];
            };
        };
        /** @description You may not do this / The path lies outside your workspaces and the allowed roots */
        ForbiddenOrPathOutsideWorkspace: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ForbiddenOrPathOutsideWorkspaceFailure"];
            };
        };
        /** @description The runner does not answer; start it with `agterm runner` */
        HostUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["HostUnavailableFailure"];
            };
        };
        /** @description Something went wrong */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InternalErrorFailure"];
            };
        };
        /** @description The request is not valid */
        InvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["InvalidRequestFailure"];
            };
        };
        /** @description There is nothing here */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NotFoundFailure"];
            };
        };
        /** @description There is nothing here / Session not found */
        NotFoundOrSessionNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NotFoundOrSessionNotFoundFailure"];
            };
        };
        /** @description Too many requests */
        RateLimited: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RateLimitedFailure"];
            };
        };
        /** @description Session not found */
        SessionNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SessionNotFoundFailure"];
            };
        };
        /** @description The disk of the workspaces is full */
        StorageFull: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["StorageFullFailure"];
            };
        };
        /** @description The request is too large */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TooLargeFailure"];
            };
        };
        /** @description Log in first */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UnauthorizedFailure"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAgents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AgentsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AgentAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                cursor?: number;
                limit?: number;
                since?: string;
                target?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                format?: "jsonl" | "csv";
                since?: string;
                target?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditVerifiedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "ada",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["LogIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TokensAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listOwnLogins: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BrowserLoginsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    endLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                loginId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LoginEndedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": 1,
                     *           "username": "ada",
                     *           "isStaff": false,
                     *           "role": "member",
                     *           "hasPassword": true
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["MeAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    refreshTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TokensAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createSocketToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SocketTokenAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiTokensAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ci",
                 *       "scopes": [
                 *         "read"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewApiTokenAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tokenId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiTokenRevokedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getPublicConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "defaultAgent": "agterm",
                     *         "defaultProvider": "anthropic",
                     *         "defaultModel": "claude-sonnet-4-5",
                     *         "agents": [
                     *           "agterm",
                     *           "claude"
                     *         ],
                     *         "syncSource": null,
                     *         "baseUrl": "https://agterm.example.org",
                     *         "readOnly": false,
                     *         "dryRun": false,
                     *         "strict": false,
                     *         "confirmDefault": false,
                     *         "timeoutMs": 3600000,
                     *         "runsPerUser": 8
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RunConfiguration"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listAgentCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostAgentsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listBudgets: {
        parameters: {
            query?: {
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BudgetsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createBudget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "scope": "user",
                 *       "limitUsd": "25.00",
                 *       "period": "month"
                 *     }
                 */
                "application/json": components["schemas"]["CreateBudget"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BudgetAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AgentNotFoundOrNotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budgetId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BudgetAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budgetId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BudgetDeletedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    changeBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budgetId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "limitUsd": "50.00"
                 *     }
                 */
                "application/json": components["schemas"]["PatchBudget"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BudgetAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listDailyCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostDailyAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DashboardAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listCostEvents: {
        parameters: {
            query?: {
                agent?: string;
                basis?: "billed" | "subscription";
                cursor?: string;
                days?: number;
                endDate?: string;
                limit?: number;
                model?: string;
                owner?: string;
                provider?: string;
                sessionId?: string;
                source?: "reported" | "computed" | "unpriced";
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostEventsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    exportCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                format?: "csv" | "json";
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostExport"];
                        /** @constant */
                        success: true;
                    };
                    "text/csv": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listModelCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostModelsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listPlans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "plans": [
                     *           {
                     *             "agent": "codex",
                     *             "window": "primary",
                     *             "usedPercent": 42.5,
                     *             "windowMinutes": 300,
                     *             "resetsAt": "2026-11-20T14:00:00Z",
                     *             "seenAt": "2026-11-20T09:30:00Z"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["PlanUsages"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listProviderCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostProvidersAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listCostSessions: {
        parameters: {
            query?: {
                cursor?: string;
                days?: number;
                endDate?: string;
                limit?: number;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostSessionsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getSessionCosts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostSessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listStackedCosts: {
        parameters: {
            query: {
                by: "provider" | "model" | "agent" | "user";
                days?: number;
                endDate?: string;
                limit?: number;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StackedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listUserCosts: {
        parameters: {
            query?: {
                days?: number;
                endDate?: string;
                owner?: string;
                startDate?: string;
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CostUsersAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    completeFolder: {
        parameters: {
            query?: {
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "base": "/srv/projects",
                     *         "dirs": [
                     *           "/srv/projects/website"
                     *         ],
                     *         "truncated": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FolderCompletion"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    watchEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    archiveFiles: {
        parameters: {
            query?: {
                format?: "zip" | "tar" | "tar.gz";
                hidden?: boolean;
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": string;
                    "application/x-tar": string;
                    "application/zip": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    deleteFile: {
        parameters: {
            query?: {
                path?: string;
                rawPath?: string;
                recursive?: boolean;
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileDeleted"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    downloadFile: {
        parameters: {
            query?: {
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: {
                /** @description Etags that the caller has; 304 for one of them. */
                "If-None-Match"?: string;
                /** @description The etag for which the range counts. */
                "If-Range"?: string;
                /** @description One range of bytes; of several the whole file is served. */
                Range?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "audio/*": string;
                    "image/*": string;
                    "video/*": string;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "audio/*": string;
                    "image/*": string;
                    "video/*": string;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            /** @description Requested Range Not Satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RangeRefused"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listFiles: {
        parameters: {
            query?: {
                cursor?: string;
                hidden?: boolean;
                limit?: number;
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "entries": [
                     *           {
                     *             "name": "notes.md",
                     *             "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *             "type": "file",
                     *             "size": 12,
                     *             "modifiedAt": "2026-11-20T09:30:00Z",
                     *             "mode": "0644",
                     *             "hidden": false
                     *           }
                     *         ],
                     *         "nextCursor": null,
                     *         "truncated": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileListing"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    makeFolder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                 *       "path": "docs/plans"
                 *     }
                 */
                "application/json": components["schemas"]["MakeFolder"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/docs/plans",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "created": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FolderMade"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FolderMade"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    readFile: {
        parameters: {
            query?: {
                encoding?: "utf-8" | "base64";
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "content": "Hello world\n",
                     *         "encoding": "utf-8",
                     *         "size": 12,
                     *         "modifiedAt": "2026-11-20T09:30:00Z",
                     *         "etag": "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c",
                     *         "isBinary": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileContents"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    renameFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                 *       "oldPath": "notes.md",
                 *       "newPath": "docs/notes.md"
                 *     }
                 */
                "application/json": components["schemas"]["RenameFile"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/docs/notes.md",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "oldPath": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *         "newPath": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/docs/notes.md"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileRenamed"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    findFiles: {
        parameters: {
            query: {
                caseSensitive?: boolean;
                glob?: string;
                hidden?: boolean;
                kind?: "name" | "content";
                limit?: number;
                path?: string;
                query: string;
                rawPath?: string;
                regex?: boolean;
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "truncated": false,
                     *         "engine": "ripgrep",
                     *         "matches": [
                     *           {
                     *             "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *             "line": 1,
                     *             "column": 7,
                     *             "text": "Hello world",
                     *             "ranges": [
                     *               [
                     *                 6,
                     *                 11
                     *               ]
                     *             ]
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileMatches"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    searchFiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                 *       "query": "world",
                 *       "kind": "content"
                 *     }
                 */
                "application/json": components["schemas"]["SearchFiles"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "truncated": false,
                     *         "engine": "ripgrep",
                     *         "matches": [
                     *           {
                     *             "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *             "line": 1,
                     *             "column": 7,
                     *             "text": "Hello world",
                     *             "ranges": [
                     *               [
                     *                 6,
                     *                 11
                     *               ]
                     *             ]
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileMatches"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    statFile: {
        parameters: {
            query?: {
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "entry": {
                     *           "name": "notes.md",
                     *           "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *           "type": "file",
                     *           "size": 12,
                     *           "modifiedAt": "2026-11-20T09:30:00Z",
                     *           "mode": "0644",
                     *           "hidden": false,
                     *           "etag": "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileStat"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    uploadFile: {
        parameters: {
            query?: {
                createParents?: boolean;
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: {
                /** @description The etag that the file must still have. */
                "If-Match"?: string;
                /** @description `*`: the file must not be there yet. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
                "multipart/form-data": components["schemas"]["Form"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "files": [
                     *           {
                     *             "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *             "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *             "size": 12,
                     *             "etag": "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c",
                     *             "created": true
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FilesUploaded"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    uploadFiles: {
        parameters: {
            query?: {
                createParents?: boolean;
                path?: string;
                rawPath?: string;
                sessionId?: string;
            };
            header?: {
                /** @description The etag that the file must still have. */
                "If-Match"?: string;
                /** @description `*`: the file must not be there yet. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
                "multipart/form-data": components["schemas"]["Form"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "files": [
                     *           {
                     *             "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *             "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *             "size": 12,
                     *             "etag": "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c",
                     *             "created": true
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FilesUploaded"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    writeFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The etag that the file must still have. */
                "If-Match"?: string;
                /** @description `*`: the file must not be there yet. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                 *       "path": "notes.md",
                 *       "content": "Hello world\n",
                 *       "ifMatch": "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c"
                 *     }
                 */
                "application/json": components["schemas"]["WriteFile"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/notes.md",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "size": 12,
                     *         "etag": "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c",
                     *         "created": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["FileWritten"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listToolCalls: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "history": [
                     *           {
                     *             "id": "17",
                     *             "at": "2026-11-20T09:30:20Z",
                     *             "runId": "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001",
                     *             "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *             "sessionName": "website",
                     *             "agent": "claude",
                     *             "tool": "write_file",
                     *             "arguments": {
                     *               "path": "test_app.py"
                     *             },
                     *             "safety": "mutating",
                     *             "result": "written",
                     *             "status": "ok",
                     *             "durationMs": 12
                     *           }
                     *         ],
                     *         "nextCursor": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ToolHistory"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getIsolation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["IsolationAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listLogins: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LoginsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LoginAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    takeOverLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LoginAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    revokeLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LoginRevokedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModelsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getAgentModels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AgentModelsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listModelProfiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModelProfilesAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listUsableProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProvidersAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NotificationsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    notePresence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Presence"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PresenceAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    subscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Subscribe"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SubscribedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    unsubscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UnsubscribedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listProcesses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProcessesAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listProfiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfilesAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Codex, careful",
                 *       "agent": "codex",
                 *       "tags": [
                 *         "work"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["WriteProfile"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfileAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AgentNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profileId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfileAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    replaceProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profileId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteProfile"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfileAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profileId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfileDeletedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    setDefaultProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profileId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfileAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    unsetDefaultProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profileId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProfileAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProvidersAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    testKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                providerId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyTrialAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeysAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    putKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "provider": "openai",
                 *       "key": "sk-0123456789abcdef"
                 *     }
                 */
                "application/json": components["schemas"]["PutKey"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteKey: {
        parameters: {
            query: {
                provider: string;
                scope?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyDeletedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listRecordings: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sessionId?: string;
                status?: "recording" | "stopped" | "failed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recordings": [
                     *           {
                     *             "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *             "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *             "sessionName": "website",
                     *             "sessionDeleted": false,
                     *             "agent": "claude",
                     *             "title": "",
                     *             "status": "stopped",
                     *             "startedAt": "2026-11-20T09:30:00Z",
                     *             "endedAt": "2026-11-20T09:42:10Z",
                     *             "durationMs": 730000,
                     *             "format": "asciicast-v2",
                     *             "cols": 120,
                     *             "rows": 36,
                     *             "eventCount": 5120,
                     *             "sizeBytes": 401233,
                     *             "includeInput": false,
                     *             "markers": [
                     *               {
                     *                 "atMs": 1200,
                     *                 "label": "prompt: add a test",
                     *                 "kind": "prompt"
                     *               }
                     *             ],
                     *             "markerCount": 1,
                     *             "truncated": null,
                     *             "error": null
                     *           }
                     *         ],
                     *         "nextCursor": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingList"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recordingId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recording": {
                     *           "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "sessionDeleted": false,
                     *           "agent": "claude",
                     *           "title": "",
                     *           "status": "stopped",
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": "2026-11-20T09:42:10Z",
                     *           "durationMs": 730000,
                     *           "format": "asciicast-v2",
                     *           "cols": 120,
                     *           "rows": 36,
                     *           "eventCount": 5120,
                     *           "sizeBytes": 401233,
                     *           "includeInput": false,
                     *           "markers": [
                     *             {
                     *               "atMs": 1200,
                     *               "label": "prompt: add a test",
                     *               "kind": "prompt"
                     *             }
                     *           ],
                     *           "markerCount": 1,
                     *           "truncated": null,
                     *           "error": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recordingId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingDeleted"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getCast: {
        parameters: {
            query?: {
                redact?: boolean;
                version?: "2" | "3";
            };
            header?: {
                /** @description Etags that the caller has; 304 for one of them. */
                "If-None-Match"?: string;
            };
            path: {
                recordingId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-asciicast": string;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    exportRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recordingId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "format": "html",
                 *       "redact": true
                 *     }
                 */
                "application/json": components["schemas"]["ExportRecording"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/x-asciicast": string;
                    "text/html": string;
                    "text/plain": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getRecordingInfo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recordingId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recording": {
                     *           "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "sessionDeleted": false,
                     *           "agent": "claude",
                     *           "title": "",
                     *           "status": "stopped",
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": "2026-11-20T09:42:10Z",
                     *           "durationMs": 730000,
                     *           "format": "asciicast-v2",
                     *           "cols": 120,
                     *           "rows": 36,
                     *           "eventCount": 5120,
                     *           "sizeBytes": 401233,
                     *           "includeInput": false,
                     *           "markers": [
                     *             {
                     *               "atMs": 1200,
                     *               "label": "prompt: add a test",
                     *               "kind": "prompt"
                     *             }
                     *           ],
                     *           "markerCount": 1,
                     *           "truncated": null,
                     *           "error": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listActiveRecordings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "activeRecordings": [],
                     *         "count": 0
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ActiveRecordings"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    startRecordingOf: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                 *       "title": "The migration"
                 *     }
                 */
                "application/json": components["schemas"]["StartRecording"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recordingId": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "terminalId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "status": "recording",
                     *         "size": 401233,
                     *         "eventCount": 5120,
                     *         "recording": {
                     *           "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "sessionDeleted": false,
                     *           "agent": "claude",
                     *           "title": "",
                     *           "status": "recording",
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": null,
                     *           "durationMs": 730000,
                     *           "format": "asciicast-v2",
                     *           "cols": 120,
                     *           "rows": 36,
                     *           "eventCount": 5120,
                     *           "sizeBytes": 401233,
                     *           "includeInput": false,
                     *           "markers": [
                     *             {
                     *               "atMs": 1200,
                     *               "label": "prompt: add a test",
                     *               "kind": "prompt"
                     *             }
                     *           ],
                     *           "markerCount": 1,
                     *           "truncated": null,
                     *           "error": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingChanged"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    startRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "The migration"
                 *     }
                 */
                "application/json": components["schemas"]["StartRecording"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recordingId": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "terminalId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "status": "recording",
                     *         "size": 401233,
                     *         "eventCount": 5120,
                     *         "recording": {
                     *           "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "sessionDeleted": false,
                     *           "agent": "claude",
                     *           "title": "",
                     *           "status": "recording",
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": null,
                     *           "durationMs": 730000,
                     *           "format": "asciicast-v2",
                     *           "cols": 120,
                     *           "rows": 36,
                     *           "eventCount": 5120,
                     *           "sizeBytes": 401233,
                     *           "includeInput": false,
                     *           "markers": [
                     *             {
                     *               "atMs": 1200,
                     *               "label": "prompt: add a test",
                     *               "kind": "prompt"
                     *             }
                     *           ],
                     *           "markerCount": 1,
                     *           "truncated": null,
                     *           "error": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingChanged"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getRecordingState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recordingId": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "terminalId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "isRecording": true,
                     *         "status": "recording",
                     *         "recording": {
                     *           "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "sessionDeleted": false,
                     *           "agent": "claude",
                     *           "title": "",
                     *           "status": "recording",
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": null,
                     *           "durationMs": 730000,
                     *           "format": "asciicast-v2",
                     *           "cols": 120,
                     *           "rows": 36,
                     *           "eventCount": 5120,
                     *           "sizeBytes": 401233,
                     *           "includeInput": false,
                     *           "markers": [
                     *             {
                     *               "atMs": 1200,
                     *               "label": "prompt: add a test",
                     *               "kind": "prompt"
                     *             }
                     *           ],
                     *           "markerCount": 1,
                     *           "truncated": null,
                     *           "error": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingState"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    stopRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                someId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recordingId": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "terminalId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "status": "stopped",
                     *         "size": 401233,
                     *         "eventCount": 5120,
                     *         "recording": {
                     *           "id": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "sessionDeleted": false,
                     *           "agent": "claude",
                     *           "title": "",
                     *           "status": "stopped",
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": "2026-11-20T09:42:10Z",
                     *           "durationMs": 730000,
                     *           "format": "asciicast-v2",
                     *           "cols": 120,
                     *           "rows": 36,
                     *           "eventCount": 5120,
                     *           "sizeBytes": 401233,
                     *           "includeInput": false,
                     *           "markers": [
                     *             {
                     *               "atMs": 1200,
                     *               "label": "prompt: add a test",
                     *               "kind": "prompt"
                     *             }
                     *           ],
                     *           "markerCount": 1,
                     *           "truncated": null,
                     *           "error": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RecordingChanged"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    startRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A request that is sent again with it finds the run of the first. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "message": "Add a test for the greeting",
                 *       "agent": "claude",
                 *       "budgetUsd": "0.50"
                 *     }
                 */
                "application/json": components["schemas"]["PostRun"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "runId": "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001",
                     *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *         "sessionName": "website",
                     *         "status": "done",
                     *         "agent": "claude",
                     *         "modelConfig": {
                     *           "provider": "anthropic",
                     *           "model": "claude-sonnet-4-5"
                     *         },
                     *         "message": "Add a test for the greeting",
                     *         "readOnly": false,
                     *         "dryRun": false,
                     *         "confirm": false,
                     *         "strict": false,
                     *         "timeoutMs": 3600000,
                     *         "awaiting": null,
                     *         "result": "I added a test.",
                     *         "reason": null,
                     *         "conversation": "d1f0",
                     *         "usage": {
                     *           "requests": 3
                     *         },
                     *         "cost": {
                     *           "costUsd": "0.012345",
                     *           "requests": 3,
                     *           "inputTokens": 1200,
                     *           "cacheReadTokens": 0,
                     *           "cacheWriteTokens": 0,
                     *           "outputTokens": 340,
                     *           "reasoningTokens": 0,
                     *           "unpricedRequests": 0,
                     *           "apiEquivalentUsd": "0.00",
                     *           "apiEquivalentRequests": 0,
                     *           "apiEquivalentTokens": 0
                     *         },
                     *         "startedAt": "2026-11-20T09:30:00Z",
                     *         "endedAt": "2026-11-20T09:31:00Z",
                     *         "diff": "diff --git a/test_app.py b/test_app.py\n",
                     *         "diffTruncated": false,
                     *         "events": [
                     *           {
                     *             "kind": "user_prompt",
                     *             "text": "Add a test for the greeting"
                     *           },
                     *           {
                     *             "kind": "assistant_message",
                     *             "text": "I added a test."
                     *           },
                     *           {
                     *             "kind": "done",
                     *             "status": "done",
                     *             "result": "I added a test.",
                     *             "reason": null
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RunOutcome"];
                        /** @constant */
                        success: true;
                    };
                    "text/event-stream": components["schemas"]["ServerSentEvent"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["RunNames"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            402: components["responses"]["BudgetExceeded"];
            403: components["responses"]["AgentDisabledOrForbidden"];
            404: components["responses"]["AgentNotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listRuns: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sessionId?: string;
                status?: "queued" | "running" | "done" | "failed" | "limit" | "needs_input" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "runs": [
                     *           {
                     *             "id": "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001",
                     *             "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *             "sessionName": "website",
                     *             "status": "done",
                     *             "agent": "claude",
                     *             "modelConfig": {
                     *               "provider": "anthropic",
                     *               "model": "claude-sonnet-4-5"
                     *             },
                     *             "message": "Add a test for the greeting",
                     *             "readOnly": false,
                     *             "dryRun": false,
                     *             "confirm": false,
                     *             "strict": false,
                     *             "timeoutMs": 3600000,
                     *             "awaiting": null,
                     *             "result": "I added a test.",
                     *             "reason": null,
                     *             "conversation": "d1f0",
                     *             "usage": {
                     *               "requests": 3
                     *             },
                     *             "cost": {
                     *               "costUsd": "0.012345",
                     *               "requests": 3,
                     *               "inputTokens": 1200,
                     *               "cacheReadTokens": 0,
                     *               "cacheWriteTokens": 0,
                     *               "outputTokens": 340,
                     *               "reasoningTokens": 0,
                     *               "unpricedRequests": 0,
                     *               "apiEquivalentUsd": "0.00",
                     *               "apiEquivalentRequests": 0,
                     *               "apiEquivalentTokens": 0
                     *             },
                     *             "startedAt": "2026-11-20T09:30:00Z",
                     *             "endedAt": "2026-11-20T09:31:00Z"
                     *           }
                     *         ],
                     *         "nextCursor": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RunList"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "run": {
                     *           "id": "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "status": "done",
                     *           "agent": "claude",
                     *           "modelConfig": {
                     *             "provider": "anthropic",
                     *             "model": "claude-sonnet-4-5"
                     *           },
                     *           "message": "Add a test for the greeting",
                     *           "readOnly": false,
                     *           "dryRun": false,
                     *           "confirm": false,
                     *           "strict": false,
                     *           "timeoutMs": 3600000,
                     *           "awaiting": null,
                     *           "result": "I added a test.",
                     *           "reason": null,
                     *           "conversation": "d1f0",
                     *           "usage": {
                     *             "requests": 3
                     *           },
                     *           "cost": {
                     *             "costUsd": "0.012345",
                     *             "requests": 3,
                     *             "inputTokens": 1200,
                     *             "cacheReadTokens": 0,
                     *             "cacheWriteTokens": 0,
                     *             "outputTokens": 340,
                     *             "reasoningTokens": 0,
                     *             "unpricedRequests": 0,
                     *             "apiEquivalentUsd": "0.00",
                     *             "apiEquivalentRequests": 0,
                     *             "apiEquivalentTokens": 0
                     *           },
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": "2026-11-20T09:31:00Z",
                     *           "diff": "diff --git a/test_app.py b/test_app.py\n",
                     *           "diffTruncated": false,
                     *           "events": [
                     *             {
                     *               "kind": "user_prompt",
                     *               "text": "Add a test for the greeting"
                     *             },
                     *             {
                     *               "kind": "assistant_message",
                     *               "text": "I added a test."
                     *             },
                     *             {
                     *               "kind": "done",
                     *               "status": "done",
                     *               "result": "I added a test.",
                     *               "reason": null
                     *             }
                     *           ]
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RunAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    answerRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "id": "call_1",
                 *       "decision": "once"
                 *     }
                 */
                "application/json": components["schemas"]["AnswerRun"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "runId": "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001",
                     *         "id": "call_1",
                     *         "decision": "once"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RunAnswered"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "run": {
                     *           "id": "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001",
                     *           "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *           "sessionName": "website",
                     *           "status": "cancelled",
                     *           "agent": "claude",
                     *           "modelConfig": {
                     *             "provider": "anthropic",
                     *             "model": "claude-sonnet-4-5"
                     *           },
                     *           "message": "Add a test for the greeting",
                     *           "readOnly": false,
                     *           "dryRun": false,
                     *           "confirm": false,
                     *           "strict": false,
                     *           "timeoutMs": 3600000,
                     *           "awaiting": null,
                     *           "result": "I added a test.",
                     *           "reason": "Cancelled",
                     *           "conversation": "d1f0",
                     *           "usage": {
                     *             "requests": 3
                     *           },
                     *           "cost": {
                     *             "costUsd": "0.012345",
                     *             "requests": 3,
                     *             "inputTokens": 1200,
                     *             "cacheReadTokens": 0,
                     *             "cacheWriteTokens": 0,
                     *             "outputTokens": 340,
                     *             "reasoningTokens": 0,
                     *             "unpricedRequests": 0,
                     *             "apiEquivalentUsd": "0.00",
                     *             "apiEquivalentRequests": 0,
                     *             "apiEquivalentTokens": 0
                     *           },
                     *           "startedAt": "2026-11-20T09:30:00Z",
                     *           "endedAt": "2026-11-20T09:31:00Z",
                     *           "diff": "diff --git a/test_app.py b/test_app.py\n",
                     *           "diffTruncated": false
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["RunCancelled"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    streamRun: {
        parameters: {
            query?: {
                /** @description The same, for what can set no header. */
                after?: string;
            };
            header?: {
                /** @description The number of the event behind which to begin. */
                "Last-Event-ID"?: string;
            };
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ServerSentEvent"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getSchema: {
        parameters: {
            query?: {
                format?: "json" | "yaml";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/yaml": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listApiDocuments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "documents": [
                     *           {
                     *             "name": "pets",
                     *             "title": "Pets",
                     *             "baseUrl": "https://pets.example.org/v1",
                     *             "tools": [
                     *               "list_pets"
                     *             ],
                     *             "notices": [],
                     *             "createdAt": "2026-11-20T09:30:00Z",
                     *             "updatedAt": "2026-11-20T09:30:00Z"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ApiDocumentList"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "document": {
                     *           "name": "pets",
                     *           "title": "Pets",
                     *           "baseUrl": "https://pets.example.org/v1",
                     *           "tools": [
                     *             "list_pets"
                     *           ],
                     *           "notices": [],
                     *           "createdAt": "2026-11-20T09:30:00Z",
                     *           "updatedAt": "2026-11-20T09:30:00Z",
                     *           "content": {
                     *             "openapi": "3.1.0",
                     *             "info": {
                     *               "title": "Pets",
                     *               "version": "1"
                     *             },
                     *             "servers": [
                     *               {
                     *                 "url": "https://pets.example.org/v1"
                     *               }
                     *             ],
                     *             "paths": {
                     *               "/pets": {
                     *                 "get": {
                     *                   "operationId": "list_pets",
                     *                   "responses": {
                     *                     "200": {
                     *                       "description": "All"
                     *                     }
                     *                   }
                     *                 }
                     *               }
                     *             }
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ApiDocumentWhole"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    putApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "document": {
                 *         "openapi": "3.1.0",
                 *         "info": {
                 *           "title": "Pets",
                 *           "version": "1"
                 *         },
                 *         "servers": [
                 *           {
                 *             "url": "https://pets.example.org/v1"
                 *           }
                 *         ],
                 *         "paths": {
                 *           "/pets": {
                 *             "get": {
                 *               "operationId": "list_pets",
                 *               "responses": {
                 *                 "200": {
                 *                   "description": "All"
                 *                 }
                 *               }
                 *             }
                 *           }
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PutDocument"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "document": {
                     *           "name": "pets",
                     *           "title": "Pets",
                     *           "baseUrl": "https://pets.example.org/v1",
                     *           "tools": [
                     *             "list_pets"
                     *           ],
                     *           "notices": [],
                     *           "createdAt": "2026-11-20T09:30:00Z",
                     *           "updatedAt": "2026-11-20T09:30:00Z"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ApiDocumentAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiDocumentAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "name": "pets",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ApiDocumentDeleted"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": "\"connection refused\" -retry",
                 *       "filters": {
                 *         "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                 *       },
                 *       "limit": 20
                 *     }
                 */
                "application/json": components["schemas"]["Search"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "results": [
                     *           {
                     *             "document": {
                     *               "id": "1.17",
                     *               "sessionId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *               "terminalId": "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
                     *               "sessionName": "website",
                     *               "agent": "claude",
                     *               "type": "output",
                     *               "timestamp": "2026-11-20T09:30:00Z",
                     *               "offset": 40960,
                     *               "recordingId": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10",
                     *               "recordingTimeMs": 61500
                     *             },
                     *             "score": 1,
                     *             "matches": [
                     *               [
                     *                 7,
                     *                 25
                     *               ]
                     *             ],
                     *             "context": "Error: connection refused"
                     *           }
                     *         ],
                     *         "nextCursor": null,
                     *         "complete": true,
                     *         "dropped": {
                     *           "bytes": 0,
                     *           "sessions": [],
                     *           "damagedFiles": 0
                     *         },
                     *         "since": "2026-11-01T08:00:00Z",
                     *         "tookMs": 4.2
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SearchResults"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    clearSearchIndex: {
        parameters: {
            query?: {
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "status": "cleared"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SearchIndexCleared"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    suggestWords: {
        parameters: {
            query: {
                limit?: number;
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "suggestions": [
                     *           "connection",
                     *           "connected"
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SearchSuggestions"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                agent?: string;
                cursor?: string;
                kind?: "interactive" | "run";
                limit?: number;
                owner?: string;
                status?: "starting" | "running" | "exited" | "lost";
                tag?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "agent": "codex",
                 *       "name": "Mend the tests",
                 *       "prompt": "Run the tests and mend what fails",
                 *       "budget": {
                 *         "limitUsd": "2.50"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateSession"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentDisabledOrForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["AgentNotFoundOrNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    deleteSession: {
        parameters: {
            query?: {
                keep?: "true" | "false";
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionDeletedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    changeSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Docs",
                 *       "tags": [
                 *         "work"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PatchSession"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    detectPort: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "detected": true,
                     *         "port": 5173
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["DetectedPort"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    execute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "prompt": "make test",
                 *       "waitFor": "idle",
                 *       "timeoutMs": 120000
                 *     }
                 */
                "application/json": components["schemas"]["Execute"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Executed"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getGitStatus: {
        parameters: {
            query?: {
                overlaps?: boolean;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitStanding"];
                        /** @constant */
                        success: true;
                    } | {
                        data: components["schemas"]["GitStandingWithOverlaps"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getBlame: {
        parameters: {
            query: {
                from?: number;
                path: string;
                ref?: string;
                to?: number;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "path": "app.py",
                     *         "ref": null,
                     *         "truncated": false,
                     *         "lines": [
                     *           {
                     *             "line": 1,
                     *             "originalLine": 1,
                     *             "commit": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *             "text": "print('hello world')"
                     *           }
                     *         ],
                     *         "commits": {
                     *           "3f786850e387550fdab836ed7e6dc881de23001b": {
                     *             "author": {
                     *               "name": "Ada",
                     *               "email": "ada@example.org",
                     *               "at": "2026-11-20T09:30:00Z"
                     *             },
                     *             "subject": "Greet the world",
                     *             "path": "app.py"
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitBlame"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listBranches: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "current": "main",
                     *         "truncated": false,
                     *         "branches": [
                     *           {
                     *             "name": "main",
                     *             "remote": false,
                     *             "current": true,
                     *             "sha": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *             "upstream": "origin/main",
                     *             "ahead": 2,
                     *             "behind": 0,
                     *             "upstreamGone": false,
                     *             "checkedOut": true,
                     *             "committedAt": "2026-11-20T09:30:00Z",
                     *             "subject": "Greet the world"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitBranches"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    createBranch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "greeting",
                 *       "switch": true
                 *     }
                 */
                "application/json": components["schemas"]["PostBranch"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "branch": "greeting",
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitBranchMade"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    downloadBundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-git-bundle": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    commitChanges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "message": "Greet the world",
                 *       "paths": [
                 *         "app.py"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PostCommit"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "commit": {
                     *           "sha": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "parents": [
                     *             "89e6c98d92887913cadf06b2adb97f26cde4849b"
                     *           ],
                     *           "author": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "committer": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "refs": [
                     *             "HEAD -> main"
                     *           ],
                     *           "subject": "Greet the world",
                     *           "body": ""
                     *         },
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitCommitted"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    compareSessions: {
        parameters: {
            query: {
                with: string;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "base": "89e6c98d92887913cadf06b2adb97f26cde4849b",
                     *         "mine": [
                     *           "app.py"
                     *         ],
                     *         "theirs": [
                     *           "app.py"
                     *         ],
                     *         "both": [
                     *           "app.py"
                     *         ],
                     *         "diff": {
                     *           "files": [
                     *             {
                     *               "path": "app.py",
                     *               "oldPath": null,
                     *               "status": "modified",
                     *               "submodule": false,
                     *               "binary": false,
                     *               "additions": 1,
                     *               "deletions": 1,
                     *               "truncated": false,
                     *               "hunks": [
                     *                 {
                     *                   "id": "5f1c0e9b7a3d48e2b6c4d19a0f7e3b25",
                     *                   "header": "",
                     *                   "oldStart": 1,
                     *                   "oldLines": 1,
                     *                   "newStart": 1,
                     *                   "newLines": 1,
                     *                   "lines": [
                     *                     {
                     *                       "type": "delete",
                     *                       "oldLine": 1,
                     *                       "newLine": null,
                     *                       "text": "print('hello')"
                     *                     },
                     *                     {
                     *                       "type": "add",
                     *                       "oldLine": null,
                     *                       "newLine": 1,
                     *                       "text": "print('hello world')"
                     *                     }
                     *                   ]
                     *                 }
                     *               ]
                     *             }
                     *           ],
                     *           "stat": {
                     *             "files": 1,
                     *             "additions": 1,
                     *             "deletions": 1
                     *           },
                     *           "truncated": false
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitComparison"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    deliverSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "message": "Greet the world"
                 *     }
                 */
                "application/json": components["schemas"]["DeliverWork"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "merged": true,
                     *         "commit": {
                     *           "sha": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "parents": [
                     *             "89e6c98d92887913cadf06b2adb97f26cde4849b"
                     *           ],
                     *           "author": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "committer": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "refs": [
                     *             "HEAD -> main"
                     *           ],
                     *           "subject": "Greet the world",
                     *           "body": ""
                     *         },
                     *         "session": {
                     *           "id": "a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55",
                     *           "name": "tests"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitDelivered"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getDiff: {
        parameters: {
            query?: {
                context?: number;
                from?: string;
                path?: string;
                staged?: boolean;
                to?: string;
                untracked?: boolean;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "files": [
                     *           {
                     *             "path": "app.py",
                     *             "oldPath": null,
                     *             "status": "modified",
                     *             "submodule": false,
                     *             "binary": false,
                     *             "additions": 1,
                     *             "deletions": 1,
                     *             "truncated": false,
                     *             "hunks": [
                     *               {
                     *                 "id": "5f1c0e9b7a3d48e2b6c4d19a0f7e3b25",
                     *                 "header": "",
                     *                 "oldStart": 1,
                     *                 "oldLines": 1,
                     *                 "newStart": 1,
                     *                 "newLines": 1,
                     *                 "lines": [
                     *                   {
                     *                     "type": "delete",
                     *                     "oldLine": 1,
                     *                     "newLine": null,
                     *                     "text": "print('hello')"
                     *                   },
                     *                   {
                     *                     "type": "add",
                     *                     "oldLine": null,
                     *                     "newLine": 1,
                     *                     "text": "print('hello world')"
                     *                   }
                     *                 ]
                     *               }
                     *             ]
                     *           }
                     *         ],
                     *         "stat": {
                     *           "files": 1,
                     *           "additions": 1,
                     *           "deletions": 1
                     *         },
                     *         "truncated": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitDiff"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    discardChanges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "paths": [
                 *         "app.py"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["DiscardChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "restored": [
                     *           "app.py"
                     *         ],
                     *         "removed": [],
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitDiscarded"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listChangedFiles: {
        parameters: {
            query?: {
                limit?: number;
                untracked?: "no" | "normal" | "all";
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "files": [
                     *           {
                     *             "path": "app.py",
                     *             "oldPath": null,
                     *             "index": "modified",
                     *             "worktree": null,
                     *             "staged": true,
                     *             "unstaged": false,
                     *             "untracked": false,
                     *             "conflicted": false,
                     *             "submodule": false
                     *           }
                     *         ],
                     *         "truncated": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitFiles"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listCommits: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                path?: string;
                ref?: string;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "commits": [
                     *           {
                     *             "sha": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *             "parents": [
                     *               "89e6c98d92887913cadf06b2adb97f26cde4849b"
                     *             ],
                     *             "author": {
                     *               "name": "Ada",
                     *               "email": "ada@example.org",
                     *               "at": "2026-11-20T09:30:00Z"
                     *             },
                     *             "committer": {
                     *               "name": "Ada",
                     *               "email": "ada@example.org",
                     *               "at": "2026-11-20T09:30:00Z"
                     *             },
                     *             "refs": [
                     *               "HEAD -> main"
                     *             ],
                     *             "subject": "Greet the world",
                     *             "body": ""
                     *           }
                     *         ],
                     *         "nextCursor": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitLog"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    mergeSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from": "a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55"
                 *     }
                 */
                "application/json": components["schemas"]["MergeWork"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "merged": true,
                     *         "commit": {
                     *           "sha": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "parents": [
                     *             "89e6c98d92887913cadf06b2adb97f26cde4849b"
                     *           ],
                     *           "author": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "committer": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "refs": [
                     *             "HEAD -> main"
                     *           ],
                     *           "subject": "Greet the world",
                     *           "body": ""
                     *         },
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitMerged"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getOverlaps: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "overlaps": [
                     *           {
                     *             "path": "app.py",
                     *             "sessions": [
                     *               {
                     *                 "id": "a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55",
                     *                 "name": "tests"
                     *               }
                     *             ]
                     *           }
                     *         ],
                     *         "unknown": [],
                     *         "truncated": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitOverlaps"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    downloadPatch: {
        parameters: {
            query?: {
                format?: "diff" | "mbox";
                from?: string;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/mbox": string;
                    "text/x-diff": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getCommit: {
        parameters: {
            query?: {
                context?: number;
                path?: string;
                ref?: string;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "commit": {
                     *           "sha": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "parents": [
                     *             "89e6c98d92887913cadf06b2adb97f26cde4849b"
                     *           ],
                     *           "author": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "committer": {
                     *             "name": "Ada",
                     *             "email": "ada@example.org",
                     *             "at": "2026-11-20T09:30:00Z"
                     *           },
                     *           "refs": [
                     *             "HEAD -> main"
                     *           ],
                     *           "subject": "Greet the world",
                     *           "body": ""
                     *         },
                     *         "files": [
                     *           {
                     *             "path": "app.py",
                     *             "oldPath": null,
                     *             "status": "modified",
                     *             "submodule": false,
                     *             "binary": false,
                     *             "additions": 1,
                     *             "deletions": 1,
                     *             "truncated": false,
                     *             "hunks": [
                     *               {
                     *                 "id": "5f1c0e9b7a3d48e2b6c4d19a0f7e3b25",
                     *                 "header": "",
                     *                 "oldStart": 1,
                     *                 "oldLines": 1,
                     *                 "newStart": 1,
                     *                 "newLines": 1,
                     *                 "lines": [
                     *                   {
                     *                     "type": "delete",
                     *                     "oldLine": 1,
                     *                     "newLine": null,
                     *                     "text": "print('hello')"
                     *                   },
                     *                   {
                     *                     "type": "add",
                     *                     "oldLine": null,
                     *                     "newLine": 1,
                     *                     "text": "print('hello world')"
                     *                   }
                     *                 ]
                     *               }
                     *             ]
                     *           }
                     *         ],
                     *         "stat": {
                     *           "files": 1,
                     *           "additions": 1,
                     *           "deletions": 1
                     *         },
                     *         "truncated": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitShown"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    stageFiles: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "paths": [
                 *         "app.py"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["StageFiles"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitStanding"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    switchBranch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "branch": "main"
                 *     }
                 */
                "application/json": components["schemas"]["SwitchBranch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitStanding"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    unstageFiles: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "all": true
                 *     }
                 */
                "application/json": components["schemas"]["StageFiles"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "status": {
                     *           "isRepo": true,
                     *           "branch": "main",
                     *           "detached": false,
                     *           "head": "3f786850e387550fdab836ed7e6dc881de23001b",
                     *           "upstream": "origin/main",
                     *           "ahead": 2,
                     *           "behind": 0,
                     *           "staged": 1,
                     *           "unstaged": 1,
                     *           "untracked": 0,
                     *           "conflicted": 0
                     *         },
                     *         "formatted": "main ↑2 +1 ~1",
                     *         "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["GitStanding"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    typeInput: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "data": "ls\r"
                 *     }
                 */
                "application/json": components["schemas"]["Input"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: Record<string, never>;
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getReached: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ReachedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getOutput: {
        parameters: {
            query?: {
                lines?: number;
                offset?: number;
            };
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["OutputAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listPorts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "ports": [
                     *           {
                     *             "port": 5173,
                     *             "address": "127.0.0.1",
                     *             "pid": 4242,
                     *             "command": "node server.js",
                     *             "previewUrl": "/preview/5173/?agtermSession=5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ListeningPorts"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listSessionProcesses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionProcessesAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    resizeTerminal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Size"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    restartSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Restart"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentDisabledOrForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["AgentNotFoundOrNotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    revokeSessionKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyRevokedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    listShares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SharesAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "mode": "view",
                 *       "expiresIn": 3600
                 *     }
                 */
                "application/json": components["schemas"]["CreateShare"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewShareAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
                shareId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ShareDeletedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    sendSignal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "signal": "INT"
                 *     }
                 */
                "application/json": components["schemas"]["SendSignal"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "signal": "SIGINT"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SignalAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getSize: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SizeAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getSnapshot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SnapshotAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    stopSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SessionAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    switchAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "agent": "claude",
                 *       "handoff": "summary"
                 *     }
                 */
                "application/json": components["schemas"]["SwitchAgent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SwitchedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentDisabledOrForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["AgentNotFoundOrNotFoundOrSessionNotFound"];
            409: components["responses"]["ConflictOrIsolationTooWeak"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getTranscripts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "transcripts": {
                     *           "told": 12,
                     *           "matched": 12,
                     *           "missing": 0
                     *         },
                     *         "activity": {
                     *           "prompts": 3,
                     *           "errors": 0,
                     *           "tools": [
                     *             {
                     *               "name": "Bash",
                     *               "count": 7,
                     *               "failed": 1,
                     *               "totalMs": 5300
                     *             }
                     *           ]
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["SessionTranscripts"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    executeInMany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchExecute"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BatchExecuteAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    typeIntoMany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchInput"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BatchInputAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createShareToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ShareTokenAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getShared: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SharedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listShells: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ShellsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getSystemInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemInfoAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    getSystemMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SystemMetricsAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
        };
    };
    listTools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "tools": [
                     *           {
                     *             "name": "list_pets",
                     *             "description": "Lists all pets",
                     *             "parameters": {
                     *               "type": "object",
                     *               "properties": {}
                     *             },
                     *             "safety": "read_only",
                     *             "provenance": "inferred",
                     *             "source": "openapi:pets"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ToolList"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getToolSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "version": 1,
                     *         "source": "openapi",
                     *         "resources": [
                     *           {
                     *             "name": "pets",
                     *             "baseUrl": "https://pets.example.org/v1",
                     *             "actions": [
                     *               {
                     *                 "name": "list_pets",
                     *                 "description": "Lists all pets",
                     *                 "parameters": {
                     *                   "type": "object",
                     *                   "properties": {}
                     *                 },
                     *                 "safety": "read_only",
                     *                 "provenance": "inferred",
                     *                 "source": "openapi:pets"
                     *               }
                     *             ]
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ToolSchema"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    uploadImage: {
        parameters: {
            query?: {
                sessionId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/avif": string;
                "image/bmp": string;
                "image/gif": string;
                "image/heic": string;
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55",
                     *         "url": "/uploads/a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55",
                     *         "path": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90/.agterm/uploads/a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55.png"
                     *       }
                     *     }
                     */
                    "application/json": {
                        data: components["schemas"]["ImageUploaded"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["ForbiddenOrPathOutsideWorkspace"];
            404: components["responses"]["NotFoundOrSessionNotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["HostUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UsersAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "ada",
                 *       "role": "member"
                 *     }
                 */
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewUserAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UserAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    deleteUser: {
        parameters: {
            query?: {
                stopSessions?: boolean;
            };
            header?: never;
            path: {
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UserDeletedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatchUser"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UserChangedAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    createLoginLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LoginLinkAnswer"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    getImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uploadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/avif": string;
                    "image/bmp": string;
                    "image/gif": string;
                    "image/heic": string;
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
}

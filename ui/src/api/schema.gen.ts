// This file is a table of types, made by `cargo xtask openapi` from openapi.json. Do not edit it.

export interface paths {
    "/api/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All accounts. */
        get: operations["getAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One account with what it did. */
        get: operations["getAccount"];
        put?: never;
        post?: never;
        /** Removes an account with its profile. */
        delete: operations["removeAccount"];
        options?: never;
        head?: never;
        /** Changes an account: its name, whether it is used, its share. */
        patch: operations["changeAccount"];
        trace?: never;
    };
    "/api/accounts/{name}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks whether the account can serve. */
        post: operations["checkAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The account in a form that can be carried elsewhere. */
        post: operations["exportAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}/hide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the account's browser out of sight again. */
        post: operations["hideBrowser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}/reset-cooldowns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends cooldowns before their time. */
        post: operations["resetCooldowns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows the account's browser to the person at the screen. */
        post: operations["showBrowser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clients whose configuration can be written on this machine. */
        get: operations["getClients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Writes what was previewed, after a copy of what was there. */
        post: operations["applyClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What would be written. */
        post: operations["previewClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the last copy back. */
        post: operations["restoreClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connect/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends one request as a client would. */
        post: operations["testConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes decision, rating, note or tags of conversations, of a few or of all that match. */
        post: operations["changeConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How many conversations match. */
        post: operations["countConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deletes conversations with everything that was recorded of them. It cannot be undone. */
        post: operations["deleteConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/exchanges/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An exchange as it was recorded. */
        get: operations["getExchange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the conversations that match have in common, and how many share it. */
        post: operations["getFacets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was changed, the latest first. */
        get: operations["getChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/media/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture, recording or file of a conversation. */
        get: operations["getMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/pairs/{pair}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a pair apart; the answers stay. */
        delete: operations["removePair"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queries that were kept, in alphabetical order. */
        get: operations["getQueries"];
        put?: never;
        /** Keeps a query. */
        post: operations["saveQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/queries/{query}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets a query. */
        delete: operations["removeQuery"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/rederive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Derives everything that was recorded anew, in the background; the state of recording says how far it is. What people
         *     decided stays.
         */
        post: operations["rederiveConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/redo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the change again that was taken back last. */
        post: operations["redoChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A page of conversations. */
        post: operations["searchConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the last change back that was not taken back yet. */
        post: operations["undoChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A conversation with all that belongs to it. */
        get: operations["getConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts an edited form in the place of what was said, which is kept beside it. */
        put: operations["editConversation"];
        post?: never;
        /** Goes back to what was said. */
        delete: operations["uneditConversation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}/pairs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a pair of a better and a worse answer. */
        post: operations["addPair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}/redaction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a redaction would leave of a conversation. */
        post: operations["tryRedaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/diagnostics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a bundle for a report, without secrets. */
        post: operations["makeBundle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/diagnostics/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bytes of a bundle. */
        get: operations["getBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Looks at everything that must be there. */
        get: operations["runDoctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The enrolments under way and those that ended since the start. */
        get: operations["getEnrolments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be chosen before a sign-in. */
        get: operations["getEnrolmentChoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins an import for each file. */
        post: operations["importAccounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a sign-in. */
        post: operations["beginSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Calls an enrolment off and leaves nothing of it behind. One that has ended is taken off the list. */
        delete: operations["cancelEnrolment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/{id}/replace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the new session in the place of the account with the same address. */
        post: operations["replaceByEnrolment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does the failed or interrupted step again. */
        post: operations["retryEnrolment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolments/{id}/signed-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that the person has signed in; the browser is asked to end. */
        post: operations["finishSignIn"];
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
        /** The event stream: server-sent events whose data lines are `Event`s. It ends when the listener closes; then read everything anew. */
        get: operations["getEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The exports since Postern started, newest first. */
        get: operations["getExports"];
        put?: never;
        /** Begins an export and returns at once. */
        post: operations["startExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an export would write and leave out. Nothing is written. */
        post: operations["previewExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Calls an export off; nothing is left of it. */
        delete: operations["cancelExport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/{id}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file that an export wrote. */
        get: operations["getExportFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All client keys. */
        get: operations["getKeys"];
        put?: never;
        /** Adds a key: a new one, or the very key in `key`. */
        post: operations["addKey"];
        /** Removes the key in the body. */
        delete: operations["removeKeyByText"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes keys from the text of a key file. */
        post: operations["importKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says whether a key opens the door. */
        post: operations["testKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a key. */
        delete: operations["removeKey"];
        options?: never;
        head?: never;
        /** Changes a key. */
        patch: operations["changeKey"];
        trace?: never;
    };
    "/api/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a key a new secret. */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lines of the log. */
        get: operations["getLogs"];
        put?: never;
        post?: never;
        delete?: never;
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
        /** Everything that can be asked for. */
        get: operations["getModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/aliases/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes a name mean a model. */
        put: operations["setAlias"];
        post?: never;
        /** Removes an alias. */
        delete: operations["removeAlias"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/exclusion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keeps a model from clients, or offers it again. */
        put: operations["setExclusion"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/fallbacks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes a name stand for several models, which are asked one after the other. */
        put: operations["setFallbacks"];
        post?: never;
        /** Removes a name that stands for several models. */
        delete: operations["removeFallbacks"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the upstreams for their models anew. */
        post: operations["refreshModels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a name would hit. */
        get: operations["resolveModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries to reach somebody by the way that is in force, or by another one. */
        post: operations["testNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything on the first page. */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was found on AI Studio's page last, and which selectors are in force. Opens nothing. */
        get: operations["getPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/page/{account}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks at the page of an account, control by control. Waits until it has answered what it answers, asks no model
         *     anything, and leaves the page as it was.
         */
        post: operations["checkPage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/playground/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a model as a client would; the answer is the one a client would get, errors included. */
        post: operations["chat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proxy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be reached, and what was asked for and may not. */
        get: operations["getProxy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proxy/allow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a domain through, or changes how it is reached. */
        post: operations["allowDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proxy/allow/{domain}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Lets a domain through no longer. A well-known vendor is taken out. */
        delete: operations["forbidDomain"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is answered and who waits. */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether conversations are recorded, and how much of them is kept. */
        get: operations["getRecording"];
        /** Begins or ends a private time, in which nothing is recorded. What began before it is. */
        put: operations["changeRecording"];
        post?: never;
        /** Deletes everything that was recorded, for good. */
        delete: operations["forgetRecorded"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of the journal, newest first. */
        get: operations["getRequests"];
        put?: never;
        post?: never;
        /** Empties the journal; requests that still run stay. */
        delete: operations["clearRequests"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that is known of a request. */
        get: operations["getRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels a request, waiting or running. */
        post: operations["cancelRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{id}/curl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The request as a command for curl, with the key masked. */
        get: operations["getRequestAsCurl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server's state. */
        get: operations["getServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops the server and starts it again, in the background. */
        post: operations["restartServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts the server at the address of the settings. */
        post: operations["startServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins to stop the server; running answers may end. */
        post: operations["stopServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is at the console. */
        get: operations["getSession"];
        put?: never;
        /** Signs in with the password or with a link's token; sets the session cookie. */
        post: operations["signIn"];
        /** Ends this session. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/others": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sessions beside this one. */
        get: operations["getOtherSessions"];
        put?: never;
        post?: never;
        /** Ends every session but this one. */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Sets the console's password and ends every other session. */
        put: operations["setPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All settings. */
        get: operations["getSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes settings in the file and in force, all or nothing. */
        patch: operations["changeSettings"];
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the first steps are. */
        get: operations["getSetup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Agrees to the terms, puts the first run away, or takes either back. */
        patch: operations["changeSetup"];
        trace?: never;
    };
    "/api/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What takes space on the disk. */
        get: operations["getStorage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/storage/clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Clears one kind of stored things. */
        post: operations["clearStorage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers that are asked with keys. */
        get: operations["getUpstreams"];
        put?: never;
        /** Adds a provider, and its first key if one is given. */
        post: operations["addUpstream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What to begin with. */
        get: operations["getUpstreamTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a key before anything is kept. */
        post: operations["tryUpstreamKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a provider with its keys. */
        delete: operations["removeUpstream"];
        options?: never;
        head?: never;
        /** Changes a provider. */
        patch: operations["changeUpstream"];
        trace?: never;
    };
    "/api/upstreams/{name}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps a key. Its value is shown nowhere again. */
        post: operations["addUpstreamKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/{name}/keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets a key. */
        delete: operations["removeUpstreamKey"];
        options?: never;
        head?: never;
        /** Renames a key, exchanges it, switches it, says how much it is used. */
        patch: operations["changeUpstreamKey"];
        trace?: never;
    };
    "/api/upstreams/{name}/keys/{key}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the provider whether it takes the key. */
        post: operations["checkUpstreamKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/{name}/keys/{key}/reset-cooldowns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends cooldowns of a key before their time. */
        post: operations["resetUpstreamKeyCooldowns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/{name}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models of a provider, as far as they are known. */
        get: operations["getUpstreamModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstreams/{name}/models/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a provider for its models anew. */
        post: operations["refreshUpstreamModels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vault": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the master key lies, and whether everything it sealed can be opened. */
        get: operations["getVault"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vault/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings a lost master key back. */
        post: operations["recoverVault"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vault/recovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows the recovery key, once. */
        post: operations["showRecoveryKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vault/rekey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new master key, seals everything with it and forgets the old one. */
        post: operations["rekeyVault"];
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
        /**
         * @description Why a control need not be there.
         * @enum {string}
         */
        Absence: "no_answer" | "no_trouble" | "model" | "not_in_use" | "spare" | "closed";
        /** @description What to change of an account. */
        AccountChange: {
            /** @description Whether it is used for requests. */
            enabled?: boolean | null;
            /** @description Its new name. */
            name?: string | null;
            /**
             * Format: int32
             * @description Accounts of a higher priority are asked first, -100 to 100.
             */
            priority?: number | null;
            /**
             * @description The way out of its browser, which is opened anew for it when it is idle: `system`, `direct` or a proxy without name
             *     and password; empty for that of all.
             */
            proxy?: string | null;
            /**
             * Format: int32
             * @description Its share where several could answer, 1 to 100.
             */
            weight?: number | null;
        };
        /** @description An account with what it did. */
        AccountDetail: {
            /** @description How it is now. */
            account: components["schemas"]["AccountView"];
            /** @description How its state changed, newest first; only the last changes are kept. */
            history: components["schemas"]["StateChange"][];
            /** @description What it did since midnight, local time, most used model first. */
            uses_today: components["schemas"]["ModelUse"][];
        };
        /** @description What to carry elsewhere. Has no `Debug`: it holds a passphrase. */
        AccountExport: {
            /** @description In what form. */
            form: components["schemas"]["ExportForm"];
            /** @description Seals the archive; needed for a sealed profile, at least 12 characters. */
            passphrase?: string | null;
        };
        /** @description The page of an account. */
        AccountPage: {
            /** @description The account's name. */
            account: string;
            /** @description What was found. */
            report: components["schemas"]["PageReport"];
        };
        /**
         * @description Where the profile of an account came from.
         * @enum {string}
         */
        AccountSource: "sign_in" | "profile" | "cookies";
        /** @description An account as the window shows it. */
        AccountView: {
            /** @description The one thing its owner should do next. */
            action?: string | null;
            /** @description The browser it was last served with, and its version, such as `Chromium 156.0.8078.79`. */
            browser?: string | null;
            /** @description Whether its browser runs. */
            browser_running: boolean;
            /** @description Whether its browser is shown to the person at the screen. */
            browser_shown: boolean;
            /**
             * Format: int64
             * @description When it was last checked, in seconds of Unix time.
             */
            checked_at?: number | null;
            /** @description For which models it rests, and until when. */
            cooldowns: components["schemas"]["Cooldown"][];
            /**
             * Format: int64
             * @description When its profile was made, in seconds of Unix time.
             */
            created_at?: number | null;
            /** @description The e-mail address the site showed, once known. */
            email?: string | null;
            /** @description Whether it is used for requests. */
            enabled: boolean;
            /**
             * Format: int64
             * @description When it last answered, in seconds of Unix time.
             */
            last_used_at?: number | null;
            /**
             * Format: int64
             * @description Bytes of memory that its browser uses; `None` while none runs.
             */
            memory_bytes?: number | null;
            /** @description How many models it offers, once known. */
            models?: number | null;
            /** @description Its name, unique within the upstream. */
            name: string;
            /** @description Requests that it answers or that wait for it. */
            pending: number;
            /**
             * Format: int32
             * @description Accounts of a higher priority are asked first; the others when none of those can answer.
             */
            priority: number;
            /** @description Its profile folder. */
            profile: string;
            /**
             * Format: int64
             * @description Bytes of its profile folder.
             */
            profile_bytes?: number | null;
            /** @description The way out of its browser: `system`, `direct` or a proxy; that of all without it. */
            proxy?: string | null;
            /** @description Where its profile came from. */
            source: components["schemas"]["AccountSource"];
            /** @description What it can do now. */
            status: components["schemas"]["State"];
            /** @description The upstream it belongs to. */
            upstream: string;
            /**
             * Format: int64
             * @description Answers it gave since midnight, local time.
             */
            uses_today: number;
            /**
             * Format: int32
             * @description Its share where several could answer: one of weight 2 gets twice as many as one of weight 1.
             */
            weight: number;
        };
        /** @description All accounts. */
        AccountsView: {
            /** @description Worst first. */
            accounts: components["schemas"]["AccountView"][];
        };
        /**
         * @description What becomes of what is found.
         * @enum {string}
         */
        Action: "placeholder" | "mask" | "hash" | "drop";
        /** @description Another name for a model. */
        Alias: {
            /** @description What a client writes. */
            name: string;
            /** @description Why it cannot be served now. */
            problem?: string | null;
            /** @description The model that it means. */
            target: string;
        };
        /** @description The model that an alias means. */
        AliasTarget: {
            /** @description Its id, or `upstream/id`. */
            target: string;
        };
        /** @description Another answer to the turns before it. */
        Alternative: {
            /** @description How many turns it answers. */
            at: number;
            /** @description Why it ended, in the provider's own word. */
            finish?: string;
            /** @description The answer. */
            turn: components["schemas"]["Turn"];
        };
        /**
         * @description When a change counts.
         * @enum {string}
         */
        Applies: "at_once" | "rebind" | "browser" | "restart";
        /** @description Something that was done, with all that it changed at once. */
        AuditRow: {
            /**
             * Format: int64
             * @description When, in milliseconds of Unix time.
             */
            at_ms: number;
            /**
             * Format: int64
             * @description Names it; later ones have larger numbers.
             */
            batch: number;
            /**
             * Format: int64
             * @description How many conversations it changed.
             */
            threads: number;
            /** @description Whether it was undone. */
            undone: boolean;
            /** @description What. */
            what: components["schemas"]["Deed"];
        };
        /**
         * @description How a server wants its credential.
         * @enum {string}
         */
        AuthType: "auto" | "openai" | "anthropic" | "google" | "azure" | "off";
        /** @description A browser that a person could sign in with. */
        BrowserChoice: {
            /** @description Its name for people, such as `Google Chrome`. */
            name: string;
            /** @description Its program. */
            path: string;
            /** @description Whether it is the one that is taken when none is chosen. */
            preferred: boolean;
            problem?: components["schemas"]["EnrolmentProblem"] | null;
            /** @description Its version, when it told one. */
            version?: string | null;
        };
        /** @description A diagnostics bundle. */
        Bundle: {
            /**
             * Format: int64
             * @description Bytes.
             */
            bytes: number;
            /** @description What is in it. */
            entries: string[];
            /** @description The file's name, to download it by. */
            name: string;
            /** @description Where it lies. */
            path: string;
        };
        /** @description What is changed. What is absent stays. */
        Change: {
            /**
             * @description Tags to add.
             * @default []
             */
            add_tags: string[];
            /**
             * @description The note; an empty one takes it away.
             * @default null
             */
            note: string | null;
            /**
             * Format: int32
             * @description 1 to 5; 0 takes the rating away.
             * @default null
             */
            rating: number | null;
            /**
             * @description Tags to take away.
             * @default []
             */
            remove_tags: string[];
            /** @default null */
            state: components["schemas"]["ReviewState"] | null;
        };
        /** @description What to clear. */
        ClearStorage: {
            /** @description Which kind. */
            kind: components["schemas"]["StorageKind"];
        };
        /** @description What was written. */
        ClientApplied: {
            /** @description The copy of what was there; `None` when there was nothing. */
            backup?: string | null;
            /** @description The file. */
            path: string;
        };
        /** @description Write what was previewed. */
        ClientApply: {
            /** @description The key it is to send. */
            key?: string | null;
            /** @description The model that the client is to use. */
            model: string;
            /** @description The revision of the preview. */
            revision: string;
        };
        /** @description What to write. */
        ClientChoice: {
            /** @description The key it is to send; none while the server is open. */
            key?: string | null;
            /** @description The model that the client is to use. */
            model: string;
        };
        /**
         * @description Clients with a configuration file.
         * @enum {string}
         */
        ClientId: "continue" | "aider" | "open_code";
        /** @description What would be written. */
        ClientPreview: {
            /** @description The difference as unified text, the key masked. */
            diff: string;
            /** @description The file. */
            path: string;
            /** @description What the file is like now; applying refuses when it has changed since. */
            revision: string;
            /** @description Whether nothing would change. */
            unchanged: boolean;
        };
        /** @description A client whose configuration Postern can write. */
        ClientView: {
            /**
             * Format: int64
             * @description When the last backup was made, in seconds of Unix time.
             */
            backup_at?: number | null;
            /** @description Whether Postern is in it, with the present address. */
            configured: boolean;
            /** @description Whether that file exists. */
            exists: boolean;
            /** @description Which one. */
            id: components["schemas"]["ClientId"];
            /** @description The file it reads. */
            path: string;
        };
        /** @description The clients whose configuration can be written on this machine. */
        ClientsView: {
            /** @description One entry each. */
            clients: components["schemas"]["ClientView"][];
        };
        /**
         * @description What kind of trouble it is, where the page or a program branches on it.
         * @enum {string}
         */
        Code: "invalid" | "not_found" | "wrong_method" | "too_large" | "conflict" | "sign_in_needed" | "wrong_credential" | "throttled" | "forbidden" | "locked" | "unavailable" | "internal";
        /** @description What became of it. */
        ConnectResult: {
            /** @description The beginning of the answer. */
            answer?: string | null;
            /**
             * Format: int64
             * @description Tokens of the answer, as the upstream told them.
             */
            completion_tokens?: number | null;
            /** @description What is wrong and what to do. */
            error?: string | null;
            /**
             * Format: int64
             * @description Milliseconds until the first piece.
             */
            first_ms?: number | null;
            /** @description The model that answered. */
            model?: string | null;
            /** @description Whether an answer came. */
            ok: boolean;
            /**
             * Format: int64
             * @description Tokens of the prompt, as the upstream told them.
             */
            prompt_tokens?: number | null;
            /** @description The request's id. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status that a client would have seen.
             */
            status: number;
            /**
             * Format: int64
             * @description Milliseconds until the end.
             */
            total_ms: number;
        };
        /** @description One request to see whether everything fits together. */
        ConnectTest: {
            /** @description The key to send, as a client would; without it the console asks for itself. */
            key?: string | null;
            /** @description The model to ask. */
            model: string;
        };
        /** @description A control of the page. */
        Control: {
            /** @description What it belongs to. */
            group: components["schemas"]["Group"];
            /** @description What is lost without it. */
            loss: components["schemas"]["Loss"];
            /** @description What it is called by people, in English. */
            name: string;
            /** @description Whether answers need it. */
            need: components["schemas"]["Need"];
            /** @description What it is called in the selectors. */
            purpose: string;
            /** @description What of it was seen. */
            sight: components["schemas"]["Sight"];
        };
        /** @description What was said, in order. */
        Conversation: {
            /**
             * @description Further answers to the same turns.
             * @default []
             */
            alternatives: components["schemas"]["Alternative"][];
            /**
             * @description What went wrong, in the words of whoever said so.
             * @default null
             */
            error: string | null;
            /**
             * @description Why, in the provider's own word; empty where it said none.
             * @default
             */
            finish: string;
            /**
             * @description What kind of exchange it was.
             * @default chat
             */
            kind: components["schemas"]["Kind"];
            /**
             * @description The model that answered, or that was asked where none did.
             * @default
             */
            model: string;
            /** @description How the answer was to be sampled and formed, in the words of the request (`temperature`, `response_format`, …). */
            parameters?: Record<string, never>;
            /**
             * @description How the answer ended.
             * @default ok
             */
            standing: components["schemas"]["Standing"];
            /**
             * @description Functions the model was offered.
             * @default []
             */
            tools: components["schemas"]["Tool"][];
            /**
             * @description The turns, oldest first; the answer is the last of them, if there was one.
             * @default []
             */
            turns: components["schemas"]["Turn"][];
        };
        /** @description A change of several conversations at once. */
        ConversationChange: {
            /** @description What becomes of them. */
            change: components["schemas"]["Change"];
            /** @description Which. */
            selection: components["schemas"]["Selection"];
        };
        /** @description How many there are. */
        ConversationCount: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
        };
        /** @description Conversations to be deleted with what was recorded of them. */
        ConversationDeletion: {
            /** @description Which. */
            selection: components["schemas"]["Selection"];
        };
        /** @description Rows of a list. */
        ConversationPage: {
            /** @description Where the next page begins; `None` at the end. */
            next?: string | null;
            /** @description The rows, in order. */
            rows: components["schemas"]["ThreadRow"][];
            /** @description Of rows that were searched for by a text: where it stands first, by the row's id. */
            snippets: {
                [key: string]: components["schemas"]["Snippet"];
            };
        };
        /** @description A piece of a turn. */
        ConversationPart: {
            /** @description The text. */
            text: string;
            /** @enum {string} */
            type: "text";
        } | {
            /** @description The provider's seal on it, or the whole of it when it is sealed. */
            seal?: string | null;
            /** @description The thought; empty when it is sealed. */
            text: string;
            /** @enum {string} */
            type: "reasoning";
        } | {
            /** @description Its words. */
            text: string;
            /** @enum {string} */
            type: "refusal";
        } | {
            /** @description Where it is. */
            source: components["schemas"]["MediaSource"];
            /** @enum {string} */
            type: "image";
        } | {
            /** @description Where it is. */
            source: components["schemas"]["MediaSource"];
            /** @description What is said in it, as far as somebody wrote that down. */
            transcript?: string | null;
            /** @enum {string} */
            type: "audio";
        } | {
            /** @description Where it is. */
            source: components["schemas"]["MediaSource"];
            /** @enum {string} */
            type: "video";
        } | {
            /** @description Its name. */
            name?: string | null;
            /** @description Where it is. */
            source: components["schemas"]["MediaSource"];
            /** @enum {string} */
            type: "file";
        } | {
            /** @description The arguments as they were said: JSON text, as a rule. */
            arguments: string;
            /** @description Its id; empty where the dialect has none. */
            id?: string;
            /** @description The function's name. */
            name: string;
            /** @enum {string} */
            type: "tool_call";
        } | {
            /** @description The call's id; empty where the dialect has none. */
            call_id?: string;
            /** @description Whether the call failed, where the dialect has a word for that. */
            failed?: boolean;
            /** @description The function's name, where it is said. */
            name?: string | null;
            /** @description What came. */
            parts: components["schemas"]["ConversationPart"][];
            /** @enum {string} */
            type: "tool_result";
        } | {
            /** @description As it came. */
            raw: Record<string, never>;
            /** @enum {string} */
            type: "citation";
        } | {
            /** @description As it came. */
            raw: Record<string, never>;
            /** @enum {string} */
            type: "other";
        };
        /** @description Which page of which conversations. */
        ConversationSearch: {
            /**
             * @description The `next` of the page before.
             * @default null
             */
            after: string | null;
            /**
             * @description Which.
             * @default {
             *       "ids": [],
             *       "text": "",
             *       "states": [],
             *       "standings": [],
             *       "models": [],
             *       "hosts": [],
             *       "upstreams": [],
             *       "keys": [],
             *       "dialects": [],
             *       "kinds": [],
             *       "languages": [],
             *       "tags": [],
             *       "flags": 0,
             *       "without_flags": 0,
             *       "rating_from": null,
             *       "from_ms": null,
             *       "until_ms": null,
             *       "edited": null,
             *       "like": null,
             *       "tokens_from": null,
             *       "tokens_until": null
             *     }
             */
            filter: components["schemas"]["Filter"];
            /**
             * Format: int32
             * @description Most rows; 100 without it, 500 at most.
             * @default null
             */
            limit: number | null;
            /**
             * @description In which order.
             * @default newest
             */
            sort: components["schemas"]["Sort"];
        };
        /** @description A conversation with all that belongs to it. */
        ConversationView: {
            /** @description What was said; as somebody edited it, where somebody did. */
            conversation: components["schemas"]["Conversation"];
            /** @description The exchanges it was held in, oldest first. */
            exchanges: components["schemas"]["Seq"][];
            /** @description Secrets and personal data in it. */
            findings: components["schemas"]["SensitiveFinding"][];
            /** @description Conversations that parted from this one, and the one it parted from. */
            forks: components["schemas"]["ThreadRow"][];
            /** @description Where it says what was searched for. */
            highlights: components["schemas"]["Highlight"][];
            original?: components["schemas"]["Conversation"] | null;
            /** @description Pairs of answers that were made of it. */
            pairs: components["schemas"]["PairView"][];
            /** @description As it is listed. */
            row: components["schemas"]["ThreadRow"];
        };
        /** @description What was deleted. */
        ConversationsDeleted: {
            /**
             * Format: int64
             * @description How many conversations.
             */
            deleted: number;
        };
        /** @description What is derived anew. */
        ConversationsRederived: {
            /**
             * Format: int64
             * @description How many exchanges.
             */
            exchanges: number;
        };
        /** @description A model, or every model, that an account is not asked for until a moment. */
        Cooldown: {
            /** @description The model; `None` for every one. */
            model?: string | null;
            /** @description Why. */
            reason: components["schemas"]["CooldownReason"];
            /**
             * Format: int64
             * @description Unix time in seconds at which it ends.
             */
            until: number;
        };
        /**
         * @description Why an account rests.
         * @enum {string}
         */
        CooldownReason: "quota" | "rate" | "trouble";
        /** @description Which cooldowns to end. */
        CooldownReset: {
            /** @description That of this model; every one of the account without it. */
            model?: string | null;
        };
        /** @description What was done. */
        Deed: {
            /** @description How. */
            change: components["schemas"]["Change"];
            /** @enum {string} */
            deed: "changed";
        } | {
            /** @enum {string} */
            deed: "edited";
        } | {
            /** @enum {string} */
            deed: "restored";
        } | {
            /** @enum {string} */
            deed: "paired";
        } | {
            /** @enum {string} */
            deed: "unpaired";
        } | {
            /** @enum {string} */
            deed: "grown";
        };
        /** @description A domain that is to be let through from now on. */
        DomainAllow: {
            auth_type?: components["schemas"]["AuthType"] | null;
            /** @description `host`, `host:port` or `*.domain`. */
            domain: string;
            /** @description Whether it is asked over TLS; without it a server of this computer or its network is not, and all others are. */
            https?: boolean | null;
            /** @description The upstream whose stored key goes to it where a client brings none. */
            key?: string | null;
            /** @description Whether what is said there may be recorded; it may unless this is false. */
            record?: boolean | null;
        };
        /** @description What a change did, by which it can be undone. */
        Done: {
            /**
             * Format: int64
             * @description Names the change; later ones have larger numbers. Zero when nothing was changed.
             */
            batch: number;
            /**
             * Format: int64
             * @description How many conversations it changed.
             */
            changed: number;
        };
        /**
         * @description Why a conversation is left out.
         * @enum {string}
         */
        DropCode: "E_EMPTY" | "E_ALTERNATION" | "E_ORPHAN_RESULT" | "E_UNANSWERED_CALL" | "E_ARGS_JSON" | "E_SCHEMA" | "E_TRUNCATED" | "E_BLOCKED" | "E_DUP" | "E_PII" | "E_TOO_LONG" | "E_MEDIA";
        /** @description A conversation that was left out, as `invalid.jsonl` says it. */
        Dropped: {
            /** @description Why. */
            code: components["schemas"]["DropCode"];
            /** @description Where, in plain words. */
            detail: string;
            /** @description The conversation. */
            id: string;
            /** @description The conversation as it would have gone in, cut when it is long. */
            sample: string;
        };
        /**
         * @description What is done with conversations that say the same. The best rated stays, then the oldest.
         * @enum {string}
         */
        Duplicates: "keep" | "exact" | "near";
        /**
         * @description How an exchange ended, as far as HTTP knows.
         * @enum {string}
         */
        Ended: "whole" | "refused" | "broken" | "left";
        /** @description What a person can choose before signing in. */
        EnrolmentChoices: {
            /** @description The browsers of this machine, best first. */
            browsers: components["schemas"]["BrowserChoice"][];
            /** @description A name that is free. */
            free_name: string;
            /** @description Whether browsers run elsewhere (`browser.webdriver_url`), where nobody can sign in from here. */
            remote: boolean;
            /** @description Whether a browser's window could be shown on this machine. */
            screen: boolean;
        };
        /**
         * @description How the session of an account comes to be.
         * @enum {string}
         */
        EnrolmentKind: "sign_in" | "sign_in_again" | "cookies" | "sealed_profile";
        /** @description How an enrolment is. */
        EnrolmentPhase: {
            /** @enum {string} */
            phase: "working";
        } | {
            /** @enum {string} */
            phase: "awaiting_person";
        } | {
            /** @enum {string} */
            phase: "stuck";
        } | {
            /** @description The account with the same address. */
            account: string;
            /** @enum {string} */
            phase: "duplicate";
        } | {
            /** @enum {string} */
            phase: "interrupted";
        } | {
            /** @description Its name. */
            account: string;
            /** @enum {string} */
            phase: "done";
        } | {
            /** @enum {string} */
            phase: "cancelled";
        };
        /** @description Why a step failed. */
        EnrolmentProblem: {
            /** @description What to do next. */
            action: string;
            /** @description What kind. */
            kind: components["schemas"]["ProblemKind"];
            /** @description What happened, in plain words. */
            message: string;
        };
        /**
         * @description A step of an enrolment, in this order. Each kind has those that it needs.
         * @enum {string}
         */
        EnrolmentStep: "file" | "network" | "browser" | "sign_in" | "page" | "identity" | "models" | "question" | "save";
        /** @description An enrolment. */
        EnrolmentView: components["schemas"]["EnrolmentPhase"] & {
            /** @description The program of the browser that was chosen. */
            browser?: string | null;
            /** @description The e-mail address the site showed, once known. */
            email?: string | null;
            /** @description The file it came from. */
            file?: string | null;
            /** @description Names it. */
            id: string;
            /** @description What kind. */
            kind: components["schemas"]["EnrolmentKind"];
            /** @description The name the account has or will have. */
            name: string;
            /**
             * Format: int64
             * @description When it began, in seconds of Unix time.
             */
            started_at: number;
            /** @description Its steps, in order. */
            steps: components["schemas"]["StepView"][];
        };
        /** @description Enrolments that are under way, and those that ended since the start, newest first. */
        EnrolmentsView: {
            /** @description The enrolments. */
            enrolments: components["schemas"]["EnrolmentView"][];
        };
        /** @description The body of an error answer. */
        ErrorBody: {
            /** @description The error. */
            error: components["schemas"]["ErrorDetail"];
        };
        /** @description An error as JSON. */
        ErrorDetail: {
            /** @description What to do next. */
            action?: string | null;
            /** @description What kind. */
            code: components["schemas"]["Code"];
            /** @description The field of the request that is wrong. */
            field?: string | null;
            /** @description What happened and why, in plain words. */
            message: string;
        };
        /**
         * @description One event; the data line of a server-sent event of `GET /api/events`. Events of one kind come at most ten times a
         *     second, each with everything since the one before.
         */
        Event: {
            /** @enum {string} */
            event: "hello";
        } | {
            /** @enum {string} */
            event: "server";
            /** @description The new state. */
            server: components["schemas"]["ServerStatus"];
        } | {
            /** @description All of them. */
            accounts: components["schemas"]["AccountView"][];
            /** @enum {string} */
            event: "accounts";
        } | {
            /** @description All of them. */
            enrolments: components["schemas"]["EnrolmentView"][];
            /** @enum {string} */
            event: "enrolments";
        } | {
            /** @enum {string} */
            event: "queue";
            /** @description Everything in it. */
            queue: components["schemas"]["QueueEntry"][];
        } | {
            /** @enum {string} */
            event: "requests";
            /** @description Whether some changes were left out because there were too many; read the page anew. */
            gap: boolean;
            /** @description The rows, oldest change first. */
            rows: components["schemas"]["RequestRow"][];
        } | {
            /** @enum {string} */
            event: "upstreams";
        } | {
            /** @enum {string} */
            event: "refusals";
        } | {
            /** @enum {string} */
            event: "conversations";
        } | {
            /** @enum {string} */
            event: "exports";
        } | {
            /** @enum {string} */
            event: "keys";
        } | {
            /** @enum {string} */
            event: "models";
        } | {
            /** @enum {string} */
            event: "settings";
        } | {
            /** @enum {string} */
            event: "recording";
        } | {
            /** @enum {string} */
            event: "logs";
            /**
             * Format: int64
             * @description Its last line.
             */
            last: number;
        };
        /** @description An exchange as it was recorded. */
        ExchangeView: {
            /**
             * Format: int64
             * @description When it came, in milliseconds of Unix time.
             */
            at_ms: number;
            /** @description The request as a command for curl, without credentials. */
            curl: string;
            /** @description How it ended. */
            ended: components["schemas"]["Ended"];
            /**
             * Format: int64
             * @description Until the first byte of the answer, in milliseconds.
             */
            first_byte_ms?: number | null;
            /** @description The server it went to through the path proxy. */
            host?: string | null;
            /** @description The request's id in the journal. */
            id: string;
            key?: components["schemas"]["KeyId"] | null;
            /** @description The method. */
            method: string;
            /** @description Path and query, without credentials. */
            path: string;
            /** @description What was asked. */
            request: components["schemas"]["RawBody"];
            /** @description Headers of the request, without credentials. */
            request_headers: [
                string,
                string
            ][];
            /** @description What was answered. */
            response: components["schemas"]["RawBody"];
            /** @description Headers of the answer, without cookies. */
            response_headers: [
                string,
                string
            ][];
            /** @description Its number. */
            seq: components["schemas"]["Seq"];
            /** @description Who answered. */
            server: components["schemas"]["Server"];
            /**
             * Format: int32
             * @description The status of the answer; zero when there was none.
             */
            status: number;
            /**
             * Format: int64
             * @description Until its end.
             */
            total_ms: number;
            /** @description By which way. */
            via: components["schemas"]["RecordedVia"];
        };
        /** @description Whether a model is offered. */
        Exclusion: {
            /** @description Whether it is kept from clients. */
            excluded: boolean;
            /** @description The upstream's id of the model. */
            model: string;
            /** @description The upstream. */
            upstream: string;
        };
        /** @description What a name leads to. */
        Explanation: {
            /** @description The accounts that can answer now; empty also for an upstream that needs none. */
            accounts: string[];
            /** @description What it stands for, where it is an alias. */
            alias_target?: string | null;
            /** @description The name as it was asked for. */
            asked: string;
            /** @description The upstream's own id of the model. */
            model?: string | null;
            /** @description Why nobody can answer, and what to do. */
            problem?: string | null;
            /** @description The upstream that answers. */
            upstream?: string | null;
            /** @description How it was read. */
            via: components["schemas"]["Via"];
        };
        /**
         * @description In what form an account is carried elsewhere.
         * @enum {string}
         */
        ExportForm: "storage_state" | "sealed_profile";
        /** @description An export to begin. */
        ExportStart: {
            /**
             * @description The name of the new folder among the exports; without it one is made of the data set's name and the time.
             * @default null
             */
            folder: string | null;
            /**
             * @description What, and how.
             * @default {
             *       "preset": "llama_factory",
             *       "format": "jsonl",
             *       "name": "postern",
             *       "filter": null,
             *       "split": {
             *         "validation": 0,
             *         "test": 0,
             *         "seed": 0
             *       },
             *       "duplicates": "exact",
             *       "redaction": {
             *         "kinds": [
             *           "email",
             *           "phone",
             *           "ip",
             *           "credit_card",
             *           "iban",
             *           "chinese_id",
             *           "home_user",
             *           "jwt",
             *           "private_key",
             *           "api_key",
             *           "bearer",
             *           "url_credentials",
             *           "cookie",
             *           "password",
             *           "random_token"
             *         ],
             *         "action": "placeholder"
             *       },
             *       "reasoning": "keep",
             *       "system": "keep",
             *       "last_turns": null,
             *       "result_chars": null,
             *       "max_tokens": null,
             *       "max_records": null,
             *       "calls_only": false,
             *       "tools": "stored",
             *       "results": "tags",
             *       "trim": true,
             *       "cut_off": false,
             *       "invalid_file": true
             *     }
             */
            spec: components["schemas"]["Spec"];
        };
        /**
         * @description How often each value of a field occurs among what is listed. The selection within the field itself is left out of
         *     account, so that its other values can be seen and chosen too.
         */
        Facet: {
            /** @description The field, as it is called in [`Filter`]. */
            field: string;
            /** @description Its values, the most frequent first. */
            values: components["schemas"]["FacetValue"][];
        };
        /** @description A value of a field. */
        FacetValue: {
            /**
             * Format: int64
             * @description How many conversations have it.
             */
            count: number;
            /** @description The value as [`Filter`] takes it; of flags the number of the bit. */
            value: string;
        };
        /** @description What is shown of a conversation in a list, and what it is filtered by. */
        Facts: {
            /**
             * Format: int64
             * @description How many characters it has.
             */
            chars: number;
            /** @description The dialect it was held in. */
            dialect: string;
            /**
             * Format: int64
             * @description What stands out, one bit for each flag of whoever derives.
             */
            flags: number;
            /** @description What kind of exchange: `chat`, `embedding`, `rerank`, `image`, `audio` or `other`. */
            kind: string;
            /** @description The language of its text, as ISO 639-3; empty when it is not clear. */
            language: string;
            /** @description The model, as the answer says or else as it was asked for. */
            model: string;
            /** @description The beginning of the last answer. */
            preview: string;
            /** @description How the last answer ended. */
            standing: components["schemas"]["Standing"];
            /** @description What it is about: the beginning of the first thing a user said. */
            title: string;
            /**
             * Format: int64
             * @description Tokens of the request and of the answer, as the provider says or else estimated.
             */
            tokens_in: number;
            /**
             * Format: int64
             * @description The same of the answer.
             */
            tokens_out: number;
            /**
             * Format: int32
             * @description How many turns it has.
             */
            turns: number;
        };
        /** @description Failures of one cause. */
        FailureGroup: {
            /** @description The cause; `None` for errors without a code. */
            code?: string | null;
            /**
             * Format: int64
             * @description How many there were.
             */
            count: number;
            /** @description The last of them. */
            last: components["schemas"]["RequestRow"];
        };
        /**
         * @description Kinds of failure that ask for different things.
         * @enum {string}
         */
        FailureKind: "port_taken" | "reserved" | "not_allowed" | "not_here" | "open_door" | "other";
        /** @description A name that stands for several models, which are asked one after the other. */
        Fallback: {
            /** @description What a client writes. */
            name: string;
            /** @description Why none of them can answer now. */
            problem?: string | null;
            /** @description The models, the first one first. */
            targets: string[];
        };
        /** @description The models that a name stands for. */
        FallbackTargets: {
            /** @description Their ids, or `upstream/id`, the first one first. */
            targets: string[];
        };
        /**
         * @description The kind of files.
         * @enum {string}
         */
        FileFormat: "jsonl" | "json" | "parquet";
        /** @description Which conversations are meant. What is empty or absent excludes none; several values of one field mean any of them. */
        Filter: {
            /**
             * @description These dialects.
             * @default []
             */
            dialects: string[];
            /**
             * @description Only those that are edited, or only those that are not.
             * @default null
             */
            edited: boolean | null;
            /**
             * Format: int64
             * @description All of these flags, as bits.
             * @default 0
             */
            flags: number;
            /**
             * Format: int64
             * @description Last spoken at or after this moment, in milliseconds of Unix time.
             * @default null
             */
            from_ms: number | null;
            /**
             * @description These servers of the path proxy.
             * @default []
             */
            hosts: string[];
            /**
             * @description Only these; all, when there are none.
             * @default []
             */
            ids: components["schemas"]["ThreadId"][];
            /**
             * @description These client keys.
             * @default []
             */
            keys: components["schemas"]["KeyId"][];
            /**
             * @description These kinds.
             * @default []
             */
            kinds: string[];
            /**
             * @description These languages.
             * @default []
             */
            languages: string[];
            /** @default null */
            like: components["schemas"]["ThreadId"] | null;
            /**
             * @description These models, by their whole names.
             * @default []
             */
            models: string[];
            /**
             * Format: int32
             * @description At least this rating.
             * @default null
             */
            rating_from: number | null;
            /**
             * @description These ends of the last answer.
             * @default []
             */
            standings: components["schemas"]["Standing"][];
            /**
             * @description These states.
             * @default []
             */
            states: components["schemas"]["ReviewState"][];
            /**
             * @description All of these tags.
             * @default []
             */
            tags: string[];
            /**
             * @description Words to be found: all of them, or as they stand within quotes. Any part of a Chinese text is found.
             * @default
             */
            text: string;
            /**
             * Format: int64
             * @description At least this many tokens, both ways together.
             * @default null
             */
            tokens_from: number | null;
            /**
             * Format: int64
             * @description At most this many.
             * @default null
             */
            tokens_until: number | null;
            /**
             * Format: int64
             * @description Last spoken before this moment.
             * @default null
             */
            until_ms: number | null;
            /**
             * @description These upstreams.
             * @default []
             */
            upstreams: string[];
            /**
             * Format: int64
             * @description None of these flags.
             * @default 0
             */
            without_flags: number;
        };
        /** @description What the doctor found. */
        Finding: {
            /** @description How it is. */
            health: components["schemas"]["Health"];
            /** @description In words. */
            message: string;
            /** @description What to do. */
            remedy?: string | null;
            /** @description What was looked at. */
            subject: string;
        };
        /** @description What the doctor found. */
        Findings: {
            /** @description One entry for each thing looked at. */
            findings: components["schemas"]["Finding"][];
        };
        /**
         * @description What a control belongs to.
         * @enum {string}
         */
        Group: "prompt" | "chat" | "settings" | "tools" | "files" | "answer" | "dialogs" | "account";
        /**
         * @description How something is.
         * @enum {string}
         */
        Health: "good" | "warning" | "problem";
        /** @description A part of a text, in UTF-16 units: the way in which a page counts. */
        Highlight: {
            /**
             * Format: int32
             * @description Where it ends.
             */
            end: number;
            /** @description The part within the turn, from zero. */
            part: number;
            /**
             * Format: int32
             * @description Where it begins.
             */
            start: number;
            /** @description The turn, from zero. */
            turn: number;
        };
        /** @description What came in within one hour. */
        HourBucket: {
            /**
             * Format: int64
             * @description Those that failed.
             */
            failed: number;
            /**
             * Format: int64
             * @description When the hour begins, in seconds of Unix time.
             */
            hour: number;
            /**
             * Format: int64
             * @description All requests.
             */
            requests: number;
            /**
             * Format: int64
             * @description Tokens of prompts and answers.
             */
            tokens: number;
        };
        /** @description A file to import. Has no `Debug`: it holds a session. */
        ImportFile: {
            /** @description Its bytes, in base64. */
            content: string;
            /** @description The file's name, from which the account's name is made when the file has none. */
            name: string;
        };
        /** @description What became of the lines of a key file. */
        ImportReport: {
            /** @description The keys that are new. */
            added: components["schemas"]["KeyInfo"][];
            /** @description How many were known already. */
            already_there: number;
            /** @description Line numbers, from 1, of texts too short to be a key. */
            too_short: number[];
            /** @description Line numbers of texts that no client could send, because a header holds visible ASCII only. */
            unsendable: number[];
        };
        /** @description Files to import, each an account. Has no `Debug`: it holds sessions. */
        ImportStart: {
            /** @description That the person has read what it means. Nothing begins without it. */
            consent: boolean;
            /** @description The files. */
            files: components["schemas"]["ImportFile"][];
            /** @description Opens sealed archives among them. */
            passphrase?: string | null;
        };
        /** @description An export, running or ended. */
        Job: {
            /**
             * Format: int64
             * @description Conversations that are done.
             */
            done: number;
            /** @description Where it goes. */
            folder: string;
            /**
             * Format: int64
             * @description Names it; later ones have larger numbers.
             */
            id: number;
            /**
             * Format: int64
             * @description Of so many.
             */
            of: number;
            /** @description What was asked for. */
            spec: components["schemas"]["Spec"];
            /** @description Where it is. */
            state: components["schemas"]["JobState"];
        };
        /** @description Where an export is. */
        JobState: {
            /** @enum {string} */
            state: "running";
        } | {
            /** @enum {string} */
            state: "done";
            /** @description What was written. */
            summary: components["schemas"]["Summary"];
        } | {
            /** @enum {string} */
            state: "failed";
            /** @description Why, in plain words. */
            why: string;
        } | {
            /** @enum {string} */
            state: "cancelled";
        };
        /** @description A key to add. */
        KeyAdd: {
            /**
             * Format: int64
             * @description When it ends, in seconds of Unix time.
             */
            expires_at?: number | null;
            /** @description This very key, at least eight visible ASCII characters, instead of a new secret. */
            key?: string | null;
            /** @description Models it may ask for, as ids or patterns with `*`; empty for all. */
            models?: string[];
            /** @description Its name; the next free `key-N` without one. */
            name?: string | null;
            /**
             * Format: int32
             * @description Most requests a day.
             */
            per_day?: number | null;
            /**
             * Format: int32
             * @description Most requests a minute.
             */
            per_minute?: number | null;
            /** @description Whether what is asked with it may be recorded; it may unless this is false. */
            record?: boolean | null;
        };
        /** @description The text of a key file. */
        KeyFile: {
            /** @description One key a line; blank lines and lines that start with `#` are skipped. */
            text: string;
        };
        /**
         * Format: int64
         * @description Names a key in logs and records; never reused, also not after the key is removed.
         */
        KeyId: number;
        /** @description What may be shown of a key. Moments are seconds of Unix time. */
        KeyInfo: {
            /**
             * Format: int64
             * @description When it was added.
             */
            created_at: number;
            /** @description Whether it opens anything. */
            enabled: boolean;
            /**
             * Format: int64
             * @description From when on it opens nothing.
             */
            expires_at?: number | null;
            /** @description Its id. */
            id: components["schemas"]["KeyId"];
            /**
             * Format: int64
             * @description When a request last came with it.
             */
            last_used_at?: number | null;
            /** @description Its edges, such as `sk-ab****ef`. */
            masked: string;
            /** @description The models it may use, as names or patterns with `*`; empty means all. */
            models: string[];
            /** @description The name its owner gave it. */
            name: string;
            /**
             * Format: int64
             * @description Until when a secret from before a rotation still opens.
             */
            old_until?: number | null;
            /**
             * Format: int32
             * @description Most requests in a day of UTC.
             */
            per_day?: number | null;
            /**
             * Format: int32
             * @description Most requests in any 60 seconds.
             */
            per_minute?: number | null;
            /** @description Whether what is asked with it may be recorded. */
            record?: boolean;
            /**
             * Format: int64
             * @description How many requests came in with it.
             */
            requests: number;
        };
        /** @description Where a key came from. */
        KeyOrigin: {
            /** @enum {string} */
            from: "pasted";
        } | {
            /** @enum {string} */
            from: "environment";
            /** @description The variable. */
            variable: string;
        } | {
            /** @enum {string} */
            from: "none";
        };
        /** @description What to change of a key. What is absent stays; `null` takes a limit away. */
        KeyPatch: {
            /** @description Whether it opens the door. */
            enabled?: boolean | null;
            /**
             * Format: int64
             * @description When it ends, in seconds of Unix time.
             */
            expires_at?: number | null;
            /** @description Models it may ask for; empty for all. */
            models?: string[] | null;
            /** @description Its new name. */
            name?: string | null;
            /**
             * Format: int32
             * @description Most requests a day.
             */
            per_day?: number | null;
            /**
             * Format: int32
             * @description Most requests a minute.
             */
            per_minute?: number | null;
            /** @description Whether what is asked with it may be recorded. */
            record?: boolean | null;
        };
        /**
         * @description Where a master key lies.
         * @enum {string}
         */
        KeyPlace: "environment" | "given_file" | "credential" | "keyring" | "file";
        /** @description What became of a removal. */
        KeyRemoved: {
            /** @description How many keys are left. Without any, the server is open to this computer. */
            key_count: number;
            /** @description In words. */
            message: string;
            /** @description Always true; programs that were written for the predecessor look at it. */
            success: boolean;
        };
        /** @description Give a key a new secret. */
        KeyRotate: {
            /**
             * Format: int64
             * @description For how many seconds the old secret still opens the door; 0 ends it at once.
             */
            grace_s?: number;
        };
        /** @description A key that is new, or has a new secret. */
        KeySecret: {
            /** @description The key. */
            key: components["schemas"]["KeyView"];
            /** @description How many keys there are now. */
            key_count: number;
            /** @description In words. */
            message: string;
            /** @description The secret itself, which is told here and never again; absent when the caller brought it. */
            secret?: string | null;
            /** @description Always true; programs that were written for the predecessor look at it. */
            success: boolean;
        };
        /**
         * @description Whether a key opens the door.
         * @enum {string}
         */
        KeyStatus: "Valid" | "Disabled" | "Expired";
        /** @description Whether a key opens the door. */
        KeyTested: {
            key?: components["schemas"]["KeyInfo"] | null;
            /** @description In words. */
            message: string;
            /** @description Always true; programs that were written for the predecessor look at it. */
            success: boolean;
            /** @description Whether it does. */
            valid: boolean;
        };
        /** @description A key as it is sent. */
        KeyText: {
            /** @description The key itself. */
            key: string;
        };
        /** @description A key to be tried before anything is kept. Has no `Debug`. */
        KeyTrial: {
            /** @description Where it is; empty for the maker of the dialect. */
            base_url?: string;
            /** @description Which dialect the provider speaks. */
            kind: components["schemas"]["UpstreamKind"];
            /** @description The way out: `system`, `direct` or a proxy; empty for that of all. */
            proxy?: string;
            /** @description The key; empty for none. */
            value?: string;
        };
        /** @description What a trial showed. */
        KeyTrialOutcome: {
            /** @description The ids of the models that the provider lists. */
            models: string[];
            /** @description What happened, in plain words. */
            says: string;
            /** @description Whether the provider takes the key. */
            works: boolean;
        };
        /** @description A key as the console shows it. */
        KeyView: components["schemas"]["KeyInfo"] & {
            /** @description Whether it opens the door now. */
            status: components["schemas"]["KeyStatus"];
            /** @description Its edges, such as `sk-ab****ef`: `masked` by its older name. */
            value: string;
        };
        /** @description All client keys. */
        KeysView: {
            /** @description The keys, oldest first. */
            keys: components["schemas"]["KeyView"][];
            /** @description Always true; programs that were written for the predecessor look at it. */
            success: boolean;
            /** @description How many there are. */
            total_count: number;
        };
        /**
         * @description What kind of exchange it was.
         * @enum {string}
         */
        Kind: "chat" | "embedding" | "rerank" | "image" | "audio" | "other";
        /**
         * @description How much a line matters.
         * @enum {string}
         */
        LogLevel: "error" | "warn" | "info" | "debug";
        /** @description A line of the log. */
        LogLine: {
            /**
             * Format: int64
             * @description Milliseconds of Unix time.
             */
            at_ms: number;
            /** @description How much it matters. */
            level: components["schemas"]["LogLevel"];
            /** @description What it says, with its fields. */
            message: string;
            /**
             * Format: int64
             * @description Counts up while the program runs.
             */
            seq: number;
            /** @description Which part of the house says it. */
            target: string;
        };
        /** @description Lines of the log, oldest first. */
        LogPage: {
            /** @description The folder with the log files. */
            folder: string;
            /**
             * Format: int64
             * @description The last line there is, also when it is not among these.
             */
            last: number;
            /** @description The lines. */
            lines: components["schemas"]["LogLine"][];
        };
        /**
         * @description What is lost without a control.
         * @enum {string}
         */
        Loss: "answers" | "other_models" | "speed" | "temporary_chats" | "system_box" | "setting" | "tool" | "native_functions" | "results_in_place" | "native_structure" | "files" | "stopping" | "page_text" | "reasons" | "clear_way" | "owner" | "redaction" | "nothing";
        /** @description When a request passed a point. */
        Mark: {
            /** @description The account that was chosen at this point. */
            account?: string | null;
            /**
             * Format: int64
             * @description Milliseconds since the request came.
             */
            at_ms: number;
            mode?: components["schemas"]["ToolMode"] | null;
            /** @description The point. */
            name: components["schemas"]["MarkName"];
        };
        /**
         * @description A point that requests pass.
         * @enum {string}
         */
        MarkName: "received" | "queued" | "admitted" | "account" | "turn" | "browser" | "page" | "form" | "tools" | "sent" | "first_byte" | "end";
        /** @description Where the bytes of a picture, recording or file are. */
        MediaSource: {
            /** @description In the store's media, by the hash of the bytes. */
            media: {
                /**
                 * Format: int64
                 * @description How many bytes.
                 */
                bytes: number;
                /** @description The media type; empty when nobody said. */
                mime: string;
                /** @description SHA-256, in hexadecimal. */
                sha256: string;
            };
        } | {
            /** @description At an address. */
            url: string;
        } | {
            /** @description At the provider, by its id. */
            file_id: string;
        };
        /** @description A model as `/v1/models` shows it. `None` means that the upstream does not say. */
        ModelCard: {
            /**
             * Format: double
             * @description Temperature when the caller says none.
             */
            default_temperature?: number | null;
            /**
             * Format: int32
             * @description Top-k when the caller says none.
             */
            default_top_k?: number | null;
            /**
             * Format: double
             * @description Top-p when the caller says none.
             */
            default_top_p?: number | null;
            /** @description What it is good for. */
            description?: string | null;
            /** @description The name for people. */
            display_name?: string | null;
            /** @description The upstream's own id, without prefix. */
            id: string;
            /**
             * Format: int64
             * @description Most tokens it reads.
             */
            input_tokens?: number | null;
            /**
             * Format: int64
             * @description Most tokens it writes.
             */
            output_tokens?: number | null;
            /** @description Whether it can think before it answers. */
            thinking: boolean;
        };
        /** @description What an account did today with one model. */
        ModelUse: {
            /**
             * Format: int64
             * @description Answers it gave.
             */
            answers: number;
            /**
             * Format: int64
             * @description Requests that failed.
             */
            failures: number;
            /** @description The model's id. */
            model: string;
        };
        /** @description A model. */
        ModelView: {
            /** @description The accounts that serve it. */
            accounts: string[];
            /** @description What is known of it. */
            card: components["schemas"]["ModelCard"];
            /** @description Whether clients are not offered it. */
            excluded: boolean;
            /** @description What a client writes in `model`. */
            name: string;
        };
        /** @description Everything that can be asked for. */
        ModelsView: {
            /** @description The aliases. */
            aliases: components["schemas"]["Alias"][];
            /** @description Names that stand for several models. */
            fallbacks: components["schemas"]["Fallback"][];
            /** @description The upstreams in their order. */
            upstreams: components["schemas"]["UpstreamModels"][];
        };
        /**
         * @description Whether answers need a control.
         * @enum {string}
         */
        Need: "required" | "optional";
        /**
         * @description How a try ended.
         * @enum {string}
         */
        NetworkOutcome: "reached" | "name_not_found" | "address_refused" | "unreachable" | "too_late" | "not_encrypted" | "proxy_unreachable" | "proxy_wants_login" | "proxy_refuses" | "proxy_strange" | "broken";
        /** @description What a try found. */
        NetworkReport: {
            /**
             * Format: int64
             * @description How long it took, in milliseconds.
             */
            milliseconds: number;
            /** @description How it ended. */
            outcome: components["schemas"]["NetworkOutcome"];
            /**
             * Format: int32
             * @description The status of the answer.
             */
            status?: number | null;
            /** @description Whom it tried to reach. */
            url: string;
            /** @description By which way: `direct`, or the proxy, without name and password. */
            way: string;
            /** @description Why it was not reached, in plain words. */
            why?: string | null;
        };
        /** @description What to try. The proxy may hold a password, so this has no `Debug`. */
        NetworkTest: {
            /** @description The way: `system`, `direct` or a proxy, as `network.proxy` takes it; the one in force without it. */
            proxy?: string | null;
            /** @description Whom to reach, an `https` or `http` address; `https://www.google.com/generate_204` without it. */
            url?: string | null;
        };
        /** @description A pair to be made. */
        NewPair: {
            /**
             * Format: int32
             * @description How many turns are answered.
             */
            at_turn: number;
            /** @description The better answer. */
            chosen: components["schemas"]["Turn"];
            /** @description The other one. */
            rejected: components["schemas"]["Turn"];
        };
        /** @description A new password. */
        NewPassword: {
            /** @description The present one; not needed while there is none, or in a session that began with a link. */
            current?: string | null;
            /** @description The new one, at least ten characters. */
            new: string;
        };
        /** @description A query to be kept. */
        NewQuery: {
            /** @description Which conversations. */
            filter: components["schemas"]["Filter"];
            /** @description What to call it. A query of this name is replaced. */
            name: string;
        };
        /** @description A new provider. Has no `Debug`: it may hold a key. */
        NewUpstream: {
            /** @description Where it is; empty for the maker of the dialect. */
            base_url?: string;
            /** @description Models that are not offered. */
            excluded?: string[];
            key?: components["schemas"]["NewUpstreamKey"] | null;
            /** @description Which dialect it speaks. */
            kind: components["schemas"]["UpstreamKind"];
            /**
             * Format: int64
             * @description Most requests that a key answers at once, 0 to 1000; 0, which is unless given, for any number.
             */
            max_at_once?: number | null;
            /** @description The only models that are offered; empty for all. */
            models?: string[];
            /** @description What to call it: 1 to 32 small letters, digits, `-` and `_`, a letter first. */
            name: string;
            /** @description Whether it wants no key at all. */
            no_key?: boolean;
            /**
             * Format: int64
             * @description Its place, 0 to 1000; 100 unless given.
             */
            order?: number | null;
        };
        /** @description A key to be kept. Has no `Debug`. */
        NewUpstreamKey: {
            /** @description What to call it; key-1, key-2, … unless given. */
            name?: string | null;
            /**
             * @description The way out for what is asked with it: `system`, `direct` or a proxy, whose name and password are sealed; that of all
             *     unless given.
             */
            proxy?: string;
            /** @description The key itself. It is sealed and never shown again. */
            value: string;
        };
        /** @description A session beside this one. */
        OtherSession: {
            /**
             * Format: int64
             * @description When it began, in seconds of Unix time.
             */
            created_at: number;
            /** @description The browser it lives in, as that browser names itself. */
            label: string;
            /** @description The address it signed in from. */
            peer: string;
            /**
             * Format: int64
             * @description When it was last used, in seconds of Unix time.
             */
            seen_at: number;
        };
        /** @description The sessions beside this one. */
        OtherSessions: {
            /** @description The newest first. */
            sessions: components["schemas"]["OtherSession"][];
        };
        /**
         * @description What became of a request.
         * @enum {string}
         */
        Outcome: "running" | "ok" | "failed" | "cancelled" | "client_gone";
        /** @description Everything on the first page. */
        Overview: {
            /** @description The accounts, worst first. */
            accounts: components["schemas"]["AccountView"][];
            /** @description Recent failures by cause. */
            failures: components["schemas"]["FailureGroup"][];
            /** @description Who is answered and who waits. */
            queue: components["schemas"]["QueueEntry"][];
            /** @description The server. */
            server: components["schemas"]["ServerStatus"];
            /** @description How far the first steps are. */
            setup: components["schemas"]["Setup"];
            /** @description Requests since midnight of the caller's day. */
            today: components["schemas"]["Today"];
            /** @description The last 24 hours. */
            totals: components["schemas"]["Totals"];
        };
        /** @description What is wrong with a file of selectors. */
        PackFault: {
            /**
             * Format: int64
             * @description The line, from 1; `None` when the file could not be read at all.
             */
            line?: number | null;
            /** @description What is wrong there, in English. */
            what: string;
        };
        /** @description A file with selectors. */
        PackFile: {
            fault?: components["schemas"]["PackFault"] | null;
            /** @description Whether it was written for older ones than those that are built in. */
            outdated: boolean;
            /** @description What it replaces, as `section.name`. */
            overrides: string[];
            /** @description Where it is. */
            path: string;
            /**
             * Format: int32
             * @description The version of the built-in selectors that it was written for, where it says so.
             */
            version?: number | null;
        };
        /** @description The selectors in force: built in, and perhaps replaced in parts by a file. */
        PackStatus: {
            file?: components["schemas"]["PackFile"] | null;
            /**
             * Format: int32
             * @description The version of those that are built in.
             */
            version: number;
        };
        /** @description A part of the journal, newest first. */
        Page: {
            /** @description Where the next page begins, if there is one. */
            next?: string | null;
            /**
             * @description The rows. The first page shows requests that run too, beyond the limit; one that is over by the
             *     time a later page is asked for may be there again, under the same id.
             */
            rows: components["schemas"]["RequestRow"][];
        };
        /** @description What a look at the page of an account found. */
        PageReport: {
            /**
             * Format: int64
             * @description When it was looked at, in seconds of Unix time.
             */
            checked_at: number;
            /** @description One entry for each control that Postern knows, group by group. */
            controls: components["schemas"]["Control"][];
            /** @description The model that the page was open with, as it shows it. */
            model?: string | null;
            /** @description The selectors that were in force. */
            pack: components["schemas"]["PackStatus"];
            /** @description Why the page cannot be used as it is; `None` when it can. */
            trouble?: string | null;
        };
        /** @description What is known of AI Studio's page. */
        PageView: {
            /** @description The selectors in force now. */
            pack: components["schemas"]["PackStatus"];
            /** @description Where a file that replaces some of them is looked for. */
            pack_path: string;
            /** @description What the last look at the page of each account found. */
            reports: components["schemas"]["AccountPage"][];
        };
        /** @description Two answers to the same turns, of which one is better. */
        PairView: {
            /**
             * Format: int64
             * @description When the pair was made, in milliseconds of Unix time.
             */
            at_ms: number;
            /**
             * Format: int32
             * @description How many turns are answered.
             */
            at_turn: number;
            /** @description The better one. */
            chosen: components["schemas"]["Turn"];
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description The other one. */
            rejected: components["schemas"]["Turn"];
        };
        /**
         * @description The trainer or the form that rows are made for.
         * @enum {string}
         */
        Preset: "llama_factory" | "llama_factory_alpaca" | "llama_factory_dpo" | "llama_factory_kto" | "trl" | "trl_dpo" | "trl_kto" | "axolotl" | "openai" | "openai_dpo" | "together" | "fireworks" | "mistral" | "ms_swift" | "ms_swift_reranker" | "chatml" | "markdown" | "raw";
        /** @description What an export would write. */
        Preview: {
            /** @description Some of what is left out, by codes. */
            examples: {
                [key: string]: components["schemas"]["Dropped"][];
            };
            /** @description The first rows. */
            first: Record<string, never>[];
            /** @description How many in each part, and how many are left out. */
            tally: components["schemas"]["Tally"];
            /**
             * Format: int64
             * @description How many rows in all.
             */
            would_write: number;
        };
        /**
         * @description What kind of trouble a step had; the page has words of its own for each.
         * @enum {string}
         */
        ProblemKind: "bad_file" | "wrong_passphrase" | "network" | "no_screen" | "browser_start" | "no_driver" | "confined" | "policy" | "profile_in_use" | "not_signed_in" | "bound_elsewhere" | "challenge" | "region" | "age" | "blocked" | "page_changed" | "no_answer" | "other_account" | "disk" | "other";
        /** @description What to look for, and what becomes of it. */
        Profile: {
            /**
             * @description And this becomes of them.
             * @default placeholder
             */
            action: components["schemas"]["Action"];
            /**
             * @description These kinds.
             * @default [
             *       "email",
             *       "phone",
             *       "ip",
             *       "credit_card",
             *       "iban",
             *       "chinese_id",
             *       "home_user",
             *       "jwt",
             *       "private_key",
             *       "api_key",
             *       "bearer",
             *       "url_credentials",
             *       "cookie",
             *       "password",
             *       "random_token"
             *     ]
             */
            kinds: components["schemas"]["Sensitive"][];
        };
        /** @description How far the exchanges are understood by certain rules. */
        Progress: {
            /**
             * Format: int64
             * @description So many are.
             */
            done: number;
            /**
             * Format: int64
             * @description So many there are.
             */
            total: number;
        };
        /** @description A server, or all below a domain, that may be reached. */
        ProxyDomain: {
            /** @description How it wants its credential. */
            auth_type: components["schemas"]["AuthType"];
            /** @description `host`, `host:port` or `*.domain`. */
            domain: string;
            /** @description Whether it is asked over TLS. */
            https: boolean;
            /** @description The upstream whose stored key goes to it where a client brings none. */
            key?: string | null;
            /** @description Whether it stands in the owner's list. */
            listed: boolean;
            /** @description Whether what is said there may be recorded. */
            record: boolean;
            /** @description Whether it is a well-known vendor. */
            vendor: boolean;
        };
        /** @description What the path proxy lets through. */
        ProxyView: {
            /** @description Everything that may be reached, by name. */
            domains: components["schemas"]["ProxyDomain"][];
            /** @description Whether the well-known vendors may be reached without being listed. */
            known_vendors: boolean;
            /** @description What was asked for last and may not be reached, the latest first. */
            refused: components["schemas"]["RefusedDomain"][];
            /** @description Vendors that the owner took out. */
            withdrawn: string[];
        };
        /** @description A request in the queue. */
        QueueEntry: {
            /** @description Its id. */
            id: string;
            /** @description The name of the caller's key. */
            key?: string | null;
            /** @description The model asked for. */
            model: string;
            /** @description Places in front of it and itself; `None` while it is being answered. */
            position?: number | null;
            /**
             * Format: int64
             * @description Since when, in milliseconds of Unix time.
             */
            since_ms: number;
            /** @description Whether the answer is streamed. */
            stream: boolean;
            /** @description The upstream in whose line it is. */
            upstream: string;
        };
        /** @description The queue. */
        QueueView: {
            /** @description Who is answered and who waits. */
            queue: components["schemas"]["QueueEntry"][];
        };
        /** @description A body as it went over the wire, its content encoding undone. */
        RawBody: {
            /**
             * Format: int64
             * @description How many bytes it has.
             */
            bytes: number;
            /** @description The text; of a long one the beginning. Empty when it is none. */
            text: string;
            /** @description Whether `text` is all of it. */
            whole: boolean;
        };
        /**
         * @description What is done with the thoughts of the model.
         * @enum {string}
         */
        Reasoning: "keep" | "strip" | "last_only";
        /**
         * @description The way by which an exchange came in.
         * @enum {string}
         */
        RecordedVia: "api" | "proxy" | "console" | "import";
        /** @description Begins or ends a private time. */
        RecordingChange: {
            /** @description Whether nothing is to be recorded from now on. */
            private: boolean;
        };
        /** @description How much is kept, and how the recorder is. */
        RecordingUsage: {
            /**
             * Format: int64
             * @description Exchanges in the database.
             */
            exchanges: number;
            /**
             * Format: int64
             * @description Exchanges that could not be kept since the program started.
             */
            lost: number;
            /**
             * Format: int64
             * @description What media takes beside it, in bytes.
             */
            media_bytes: number;
            /**
             * Format: int64
             * @description When the oldest exchange came, in milliseconds of Unix time.
             */
            oldest_ms?: number | null;
            repaired?: components["schemas"]["Repaired"] | null;
            /**
             * Format: int64
             * @description What the database takes, in bytes, without room that is free again.
             */
            stored_bytes: number;
            trouble?: components["schemas"]["Trouble"] | null;
            /**
             * Format: int64
             * @description Exchanges that have ended and are not in the database yet.
             */
            waiting: number;
        };
        /** @description Whether conversations are recorded, and how much of them is kept. */
        RecordingView: {
            /** @description Whether what begins now is recorded, unless its key, its server or its client says no. */
            active: boolean;
            deriving?: components["schemas"]["Progress"] | null;
            /** @description Whether the settings want them recorded. */
            enabled: boolean;
            /** @description Why they cannot be recorded and read, if they cannot. */
            failed?: string | null;
            /** @description Whether nothing is recorded for the time being. It ends with the program. */
            private: boolean;
            usage?: components["schemas"]["RecordingUsage"] | null;
        };
        /** @description What a recovery brought back. */
        Recovered: {
            /**
             * Format: int64
             * @description How many secrets open again.
             */
            secrets: number;
            /** @description The vault now. */
            vault: components["schemas"]["VaultView"];
        };
        /** @description A recovery key, which is told here and never again. */
        RecoveryKey: {
            /** @description Groups of letters and digits, to be kept in a safe place. */
            key: string;
        };
        /** @description A recovery key that somebody kept. */
        RecoveryText: {
            /** @description The key as it was written down. */
            key: string;
        };
        /** @description What a redaction would leave. */
        Redacted: {
            conversation?: components["schemas"]["Conversation"] | null;
            /** @description What was found. */
            findings: components["schemas"]["SensitiveFinding"][];
        };
        /** @description A redaction to be looked at before it is used. */
        RedactionTrial: {
            /** @description What is looked for, and what becomes of it. */
            profile: components["schemas"]["Profile"];
        };
        /** @description A domain that somebody asked for and that may not be reached. */
        RefusedDomain: {
            /** @description `host` or `host:port`. */
            domain: string;
            /**
             * Format: int64
             * @description When it was asked for last, in milliseconds of Unix time.
             */
            last_ms: number;
            /**
             * Format: int64
             * @description How often it was asked for.
             */
            times: number;
        };
        /** @description What was done about a damaged database. */
        Repaired: {
            /**
             * Format: int64
             * @description When, in milliseconds of Unix time.
             */
            at_ms: number;
            /**
             * Format: int64
             * @description So many exchanges could be read of it.
             */
            exchanges: number;
            /** @description Where the damaged one is. */
            moved_to: string;
            /** @description Whether everything could be read. */
            whole: boolean;
        };
        /** @description Everything that is known of one request. */
        RequestDetail: components["schemas"]["RequestRow"] & {
            /** @description What was asked, while memory still has it. */
            body?: string | null;
            /** @description How it went. */
            timeline: components["schemas"]["Timeline"];
        };
        /**
         * @description Names one request everywhere: the `x-request-id` header, the queue, the log and the completion id.
         *
         *     The text is made of ASCII letters, digits, `-` and `_` only, so it is safe in headers and paths.
         */
        RequestId: string;
        /** @description A request as lists show it. */
        RequestRow: {
            /** @description The account that answered. */
            account?: string | null;
            /**
             * Format: int64
             * @description When it came, in milliseconds of Unix time.
             */
            at_ms: number;
            /** @description The code of the error. */
            code?: string | null;
            /**
             * Format: int64
             * @description Tokens of the answer, reasoning included.
             */
            completion_tokens?: number | null;
            /** @description The error in words. */
            error?: string | null;
            /**
             * Format: int64
             * @description Milliseconds until the first piece of the answer.
             */
            first_ms?: number | null;
            /** @description Its id, as the `x-request-id` header and the log have it. */
            id: components["schemas"]["RequestId"];
            key?: components["schemas"]["KeyId"] | null;
            /** @description What that key was called then. */
            key_name?: string | null;
            /** @description The HTTP method. */
            method: string;
            /** @description The model asked for. */
            model?: string | null;
            /** @description What became of it. */
            outcome: components["schemas"]["Outcome"];
            /** @description The path, without what follows a `?`. */
            path: string;
            /**
             * Format: int64
             * @description Tokens of the prompt.
             */
            prompt_tokens?: number | null;
            /**
             * Format: int64
             * @description Of them: spent on thinking.
             */
            reasoning_tokens?: number | null;
            /** @description Who asked. */
            source: components["schemas"]["Source"];
            /**
             * Format: int32
             * @description The status of the answer.
             */
            status?: number | null;
            /** @description Whether the answer was to be streamed. */
            stream: boolean;
            /**
             * Format: int64
             * @description Milliseconds until the end.
             */
            total_ms?: number | null;
            /** @description Who was to answer. */
            upstream?: string | null;
            /** @description What the model is called there. */
            upstream_model?: string | null;
        };
        /** @description What a name would hit. */
        Resolution: components["schemas"]["Explanation"];
        /**
         * @description How several results become one.
         * @enum {string}
         */
        Results: "tags" | "list";
        /**
         * @description What was decided.
         * @enum {string}
         */
        ReviewState: "new" | "approved" | "rejected" | "later";
        /**
         * @description Who speaks, by the word that was sent.
         * @enum {string}
         */
        Role: "system" | "developer" | "user" | "assistant" | "tool";
        /** @description A filter with a name. */
        SavedQuery: {
            /** @description The filter. */
            filter: components["schemas"]["Filter"];
            /**
             * Format: int64
             * @description Names it.
             */
            id: number;
            /** @description What its owner calls it; no two have the same. */
            name: string;
        };
        /** @description Conversations to be changed together. */
        Selection: {
            /** @description These. */
            ids: components["schemas"]["ThreadId"][];
        } | {
            /** @description Everything that matches, whether it was seen or not. */
            matching: components["schemas"]["Filter"];
        };
        /**
         * @description What kind of thing was found.
         * @enum {string}
         */
        Sensitive: "email" | "phone" | "ip" | "credit_card" | "iban" | "chinese_id" | "home_user" | "jwt" | "private_key" | "api_key" | "bearer" | "url_credentials" | "cookie" | "password" | "random_token";
        /** @description Something that was found, for marking it. Places are counted in UTF-16 units, as JavaScript does. */
        SensitiveFinding: {
            /** @description Where it ends; the first unit behind it. */
            end: number;
            /** @description What it is. */
            kind: components["schemas"]["Sensitive"];
            /** @description In which part of the turn. */
            part: number;
            /** @description What would stand there; empty where the whole conversation would be left out. */
            replacement: string;
            /**
             * @description Where it begins: in the text of a part, in the arguments of a call, in the texts of a result's parts, joined by line
             *     breaks. Both places are zero in what is kept as it came, where there is no text to mark.
             */
            start: number;
            /** @description In which of the turns; a further answer counts on from the last of them. */
            turn: number;
        };
        /**
         * Format: int64
         * @description Names an exchange within the database; later ones have larger numbers.
         */
        Seq: number;
        /** @description Who answered. */
        Server: {
            /** @description The account that answered. */
            account?: string | null;
            /** @description The model as it is asked for there; empty where nobody knows. */
            model: string;
            /** @description The upstream's name, or the server of the path proxy. */
            upstream: string;
        };
        /** @description Why the server does not run. */
        ServerFailure: {
            /**
             * Format: int32
             * @description The next free port, where another port would help.
             */
            free_port?: number | null;
            /** @description The program that holds the port, where it is known. */
            holder?: string | null;
            /** @description What kind of failure. */
            kind: components["schemas"]["FailureKind"];
            /** @description What happened and what to do. */
            why: string;
        };
        /** @description What the listener does. */
        ServerState: {
            /** @enum {string} */
            state: "stopped";
        } | {
            /** @enum {string} */
            state: "starting";
        } | {
            /** @description Where, as `HOST:PORT`. */
            address: string;
            /** @description What a client on this computer is given as base URL, with `/v1`. */
            base_url: string;
            /**
             * Format: int64
             * @description Since when, in seconds of Unix time.
             */
            since: number;
            /** @enum {string} */
            state: "running";
        } | {
            /** @enum {string} */
            state: "stopping";
        } | (components["schemas"]["ServerFailure"] & {
            /** @enum {string} */
            state: "failed";
        });
        /** @description What the listener does now, and where it is meant to be. */
        ServerStatus: components["schemas"]["ServerState"] & {
            /** @description Whether other machines can reach it. */
            beyond_loopback: boolean;
            /** @description The address of the settings, as `HOST:PORT`. */
            configured: string;
            /** @description Whether clients on this computer need no key, because none exists. */
            open: boolean;
            /** @description The version of Postern. */
            version: string;
        };
        /** @description Who is at the console, and what they need to do to come in. */
        Session: {
            /** @description Whether a password exists. Without one, the link that the server printed is needed. */
            password_set: boolean;
            /** @description Whether everything is allowed. */
            signed_in: boolean;
            /** @description The version of Postern. */
            version: string;
            /** @description How the console is reached. */
            visitor: components["schemas"]["VisitorKind"];
        };
        /** @description How many sessions ended. */
        SessionsEnded: {
            /** @description So many. */
            ended: number;
        };
        /** @description One setting. */
        Setting: {
            /** @description When a change counts. */
            applies: components["schemas"]["Applies"];
            /** @description The value when nobody decides. */
            default: unknown;
            /** @description Section and name, such as `server.port`. */
            key: string;
            /** @description What it accepts. */
            kind: components["schemas"]["SettingKind"];
            /** @description Who decided. */
            source: components["schemas"]["SettingSource"];
            /** @description The value in force. */
            value: unknown;
        };
        /** @description One change. */
        SettingChange: {
            /** @description Section and name. */
            key: string;
            /** @description The new value; `null` takes the key out of the file, so that the default counts. */
            value: unknown;
        };
        /** @description What a setting accepts. */
        SettingKind: {
            /** @enum {string} */
            type: "bool";
        } | {
            /**
             * Format: int64
             * @description The largest.
             */
            max: number;
            /**
             * Format: int64
             * @description The smallest.
             */
            min: number;
            /** @enum {string} */
            type: "integer";
            /** @description What it counts. */
            unit: components["schemas"]["Unit"];
        } | {
            /** @description The values. */
            options: string[];
            /** @enum {string} */
            type: "choice";
        } | {
            /** @description In words. */
            expected: string;
            /** @enum {string} */
            type: "text";
        } | {
            /** @enum {string} */
            type: "path";
        } | {
            /** @description What each must be, in words. */
            expected: string;
            /** @enum {string} */
            type: "list";
        } | {
            /** @description What the texts must be, in words. */
            expected: string;
            /** @enum {string} */
            type: "map";
        };
        /**
         * @description Who decided a value.
         * @enum {string}
         */
        SettingSource: "default" | "file" | "environment" | "flag";
        /** @description What to change, all or nothing. */
        SettingsChange: {
            /** @description The changes. */
            changes: components["schemas"]["SettingChange"][];
        };
        /** @description All settings. */
        SettingsView: {
            /** @description The file they are kept in. */
            file: string;
            /** @description Every key in the order of the file. */
            settings: components["schemas"]["Setting"][];
        };
        /** @description How far the first steps are. */
        Setup: {
            /** @description Whether a client has got an answer. */
            answered: boolean;
            /**
             * Format: int64
             * @description When the owner agreed to the terms and risks, in seconds of Unix time.
             */
            consent_at?: number | null;
            /** @description Whether the owner put the first run away. */
            dismissed: boolean;
            /** @description Whether an account exists. */
            has_account: boolean;
            /** @description Whether a key exists. */
            has_key: boolean;
        };
        /** @description What to change of the first steps. */
        SetupChange: {
            /** @description Agree, or take it back. */
            consent?: boolean | null;
            /** @description Put the first run away, or bring it back. */
            dismissed?: boolean | null;
        };
        /** @description What of a control was seen. */
        Sight: {
            /** @description How many selectors before that one find nothing: 0 is the first, more are fallbacks. */
            rank: number;
            /** @description The selector that finds it. */
            selector: string;
            /** @enum {string} */
            state: "found";
        } | {
            /** @enum {string} */
            state: "missing";
            /** @description The selectors that were tried, in their order. */
            tried: string[];
        } | {
            /** @enum {string} */
            state: "not_looked_for";
            /** @description Why not. */
            why: components["schemas"]["Absence"];
        };
        /** @description A way in: exactly one of the two. */
        SignIn: {
            /** @description The console's password. */
            password: string;
        } | {
            /** @description The token of a link that the server printed. */
            link: string;
        };
        /** @description Begins a sign-in. */
        SignInStart: {
            /** @description The account to sign in again; a new one without it. */
            account?: string | null;
            /** @description The program of the browser, out of the choices; the preferred one without it. */
            browser?: string | null;
            /** @description That the person has read what it means. Nothing begins without it. */
            consent: boolean;
            /** @description The name of the new account; the first free one without it. */
            name?: string | null;
            /**
             * @description The way out of the new account's browser: `system`, `direct` or a proxy without name and password; that of all
             *     without it. An account that is signed in again keeps its own.
             */
            proxy?: string | null;
        };
        /** @description A piece of a text around the first word that was found. */
        Snippet: {
            /** @description Where words stand in it, as [`highlights`] gives it. */
            marks: [
                number,
                number
            ][];
            /** @description The piece; `…` stands for what is left out. */
            text: string;
        };
        /**
         * @description In which order conversations are listed.
         * @enum {string}
         */
        Sort: "newest" | "oldest" | "longest" | "rating";
        /**
         * @description Who asked.
         * @enum {string}
         */
        Source: "client" | "console";
        /** @description What is to be exported, and how. What is absent has the value of [`Spec::default`]. */
        Spec: {
            /**
             * @description Only conversations whose last turn calls a function.
             * @default false
             */
            calls_only: boolean;
            /**
             * @description Answers that were cut off or broken off are taken too.
             * @default false
             */
            cut_off: boolean;
            /**
             * @description What is done with conversations that say the same.
             * @default exact
             */
            duplicates: components["schemas"]["Duplicates"];
            /** @default null */
            filter: components["schemas"]["Filter"] | null;
            /**
             * @description The kind of files.
             * @default jsonl
             */
            format: components["schemas"]["FileFormat"];
            /**
             * @description A file `invalid.jsonl` says what was left out, and why.
             * @default true
             */
            invalid_file: boolean;
            /**
             * @description Only so many turns from the end, instructions not counted. The first of them is a user's.
             * @default null
             */
            last_turns: number | null;
            /**
             * Format: int64
             * @description At most so many rows.
             * @default null
             */
            max_records: number | null;
            /**
             * Format: int64
             * @description Longer rows are left out. Tokens are estimated.
             * @default null
             */
            max_tokens: number | null;
            /**
             * @description What the data set is called; letters, digits, `-` and `_`.
             * @default postern
             */
            name: string;
            /**
             * @description The trainer or the form.
             * @default llama_factory
             */
            preset: components["schemas"]["Preset"];
            /**
             * @description What is done with the thoughts of the model.
             * @default keep
             */
            reasoning: components["schemas"]["Reasoning"];
            /**
             * @default {
             *       "kinds": [
             *         "email",
             *         "phone",
             *         "ip",
             *         "credit_card",
             *         "iban",
             *         "chinese_id",
             *         "home_user",
             *         "jwt",
             *         "private_key",
             *         "api_key",
             *         "bearer",
             *         "url_credentials",
             *         "cookie",
             *         "password",
             *         "random_token"
             *       ],
             *       "action": "placeholder"
             *     }
             */
            redaction: components["schemas"]["Profile"] | null;
            /**
             * @description Results of calls are cut after so many characters.
             * @default null
             */
            result_chars: number | null;
            /**
             * @description How several results of one turn become one, where the trainer knows only one.
             * @default tags
             */
            results: components["schemas"]["Results"];
            /**
             * @description How the rows are parted.
             * @default {
             *       "validation": 0,
             *       "test": 0,
             *       "seed": 0
             *     }
             */
            split: components["schemas"]["Split"];
            /**
             * @description What is done with the instructions.
             * @default keep
             */
            system: components["schemas"]["System"];
            /**
             * @description Where the functions of a row come from.
             * @default stored
             */
            tools: components["schemas"]["Tools"];
            /**
             * @description What stands before the first thing a user said and after the last answer is left out. Else such rows are invalid
             *     where the trainer does not take them.
             * @default true
             */
            trim: boolean;
        };
        /** @description How the rows are parted. A conversation, and what parted from it, is always in the same part: by a hash of its id. */
        Split: {
            /**
             * Format: int64
             * @description Another number parts them otherwise.
             * @default 0
             */
            seed: number;
            /**
             * Format: int32
             * @description Percent for the test at the end.
             * @default 0
             */
            test: number;
            /**
             * Format: int32
             * @description Percent for validation.
             * @default 0
             */
            validation: number;
        };
        /**
         * @description How a conversation's last answer ended.
         * @enum {string}
         */
        Standing: "ok" | "truncated" | "client_abort" | "upstream_error" | "blocked";
        /** @description What an account can do now. [`State::NotChecked`] means unknown, which is not an error. */
        State: {
            /** @enum {string} */
            state: "ready";
        } | {
            /** @enum {string} */
            state: "busy";
        } | {
            /** @description The model that ran out; `None` when every model did. */
            model?: string | null;
            /** @enum {string} */
            state: "cooling_down";
            /**
             * Format: int64
             * @description Unix time in seconds at which it is tried again.
             */
            until: number;
        } | {
            /** @enum {string} */
            state: "sign_in_expired";
        } | {
            /** @enum {string} */
            state: "needs_verification";
            /** @description What the site showed, in plain words. */
            why: string;
        } | {
            /** @enum {string} */
            state: "blocked";
            /** @description What the site said. */
            why: string;
        } | {
            /** @enum {string} */
            state: "browser_missing";
            /** @description What is missing and what to install. */
            why: string;
        } | {
            /** @enum {string} */
            state: "off";
        } | {
            /** @enum {string} */
            state: "not_checked";
        };
        /** @description A change of an account's state. */
        StateChange: {
            /**
             * Format: int64
             * @description When, in seconds of Unix time.
             */
            at: number;
            /** @description The state from then on. */
            status: components["schemas"]["State"];
        };
        /** @description How far a step is. */
        StepState: {
            /** @enum {string} */
            state: "waiting";
        } | {
            /** @enum {string} */
            state: "running";
        } | {
            /** @description What came out, such as the address of the account or the number of models. */
            note?: string | null;
            /** @enum {string} */
            state: "done";
        } | {
            /** @description Why, and what to do next. */
            problem: components["schemas"]["EnrolmentProblem"];
            /** @enum {string} */
            state: "failed";
        };
        /** @description A step and how far it is. */
        StepView: components["schemas"]["StepState"] & {
            /** @description Which. */
            step: components["schemas"]["EnrolmentStep"];
        };
        /** @description What takes space on the disk. */
        Storage: {
            /** @description The data folder. */
            folder: string;
            /**
             * Format: int64
             * @description Free bytes on its disk, where known.
             */
            free_bytes?: number | null;
            /** @description By kind. */
            items: components["schemas"]["StorageItem"][];
        };
        /** @description One kind of stored things. */
        StorageItem: {
            /**
             * Format: int64
             * @description Bytes.
             */
            bytes: number;
            /** @description Whether the console can clear it. */
            clearable: boolean;
            /**
             * Format: int64
             * @description How many things, where they can be counted.
             */
            count?: number | null;
            /** @description What it is. */
            kind: components["schemas"]["StorageKind"];
            /**
             * Format: int64
             * @description Most bytes it may take, where the settings limit it.
             */
            limit_bytes?: number | null;
            /** @description Where it lies. */
            path: string;
        };
        /**
         * @description Kinds of stored things.
         * @enum {string}
         */
        StorageKind: "database" | "requests" | "conversations" | "profiles" | "snapshots" | "logs" | "bundles";
        /** @description What was written. */
        Summary: {
            /** @description Every file. */
            files: components["schemas"]["Written"][];
            /** @description Where. */
            folder: string;
            /** @description How many rows, and how many were left out. */
            tally: components["schemas"]["Tally"];
        };
        /** @description What is done with the instructions at the beginning. */
        System: "keep" | "strip" | {
            /** @description These stand in their place. */
            replace: string;
        };
        /** @description How many became rows, and how many did not. */
        Tally: {
            /**
             * Format: int64
             * @description Conversations that were looked at.
             */
            conversations: number;
            /** @description What was left out, by codes. */
            dropped: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description How many rows for training the service takes at least, where there are fewer.
             */
            least_rows?: number | null;
            /**
             * Format: int64
             * @description Conversations that were not meant: without a call where only those with one were, or without two answers.
             */
            passed_over: number;
            /** @description What was made unreadable, by kinds. */
            redactions: {
                [key: string]: number;
            };
            /** @description Rows in each part. */
            rows: {
                [key: string]: number;
            };
        };
        /**
         * Format: int64
         * @description Names a conversation. It stays the same when the conversation grows and when it is derived again.
         */
        ThreadId: number;
        /** @description A conversation as it is listed. */
        ThreadRow: components["schemas"]["Facts"] & {
            /**
             * Format: int64
             * @description When it began, in milliseconds of Unix time.
             */
            began_ms: number;
            /**
             * Format: int32
             * @description How many conversations are nearly the same, this one included; 1 for one of its kind.
             */
            cluster: number;
            /** @description Whether it was edited. */
            edited: boolean;
            /**
             * Format: int32
             * @description After how many turns it parted.
             */
            fork_at?: number | null;
            /** @description The server it went to through the path proxy. */
            host?: string | null;
            /** @description Its id. */
            id: components["schemas"]["ThreadId"];
            key?: components["schemas"]["KeyId"] | null;
            /**
             * Format: int64
             * @description When it last went on.
             */
            last_ms: number;
            /** @description The exchange that holds all of it. */
            leaf: components["schemas"]["Seq"];
            /** @description What somebody wrote about it. */
            note: string;
            parent?: components["schemas"]["ThreadId"] | null;
            /**
             * Format: int32
             * @description 1 to 5.
             */
            rating?: number | null;
            /** @description What was decided. */
            state: components["schemas"]["ReviewState"];
            /** @description Its tags, in alphabetical order. */
            tags: string[];
            /**
             * Format: int64
             * @description How long its last answer took, in milliseconds.
             */
            total_ms: number;
            /** @description The upstream that answered. */
            upstream: string;
        };
        /** @description The points a request passed, in order. One that was tried again passed some of them again. */
        Timeline: {
            /** @description The points. */
            marks: components["schemas"]["Mark"][];
        };
        /** @description Requests since midnight. */
        Today: {
            /**
             * Format: int64
             * @description Those that failed.
             */
            failed: number;
            /**
             * Format: int64
             * @description All of them.
             */
            requests: number;
        };
        /** @description A function the model may call, in one shape for all dialects. */
        Tool: {
            /**
             * @description What it does.
             * @default null
             */
            description: string | null;
            /**
             * @description Its name.
             * @default
             */
            name: string;
            /** @description The JSON schema of its arguments; `None` for a tool of the provider's own. */
            parameters?: Record<string, never> | null;
        };
        /**
         * @description How functions are offered to the model.
         * @enum {string}
         */
        ToolMode: "native" | "emulated";
        /**
         * @description Where the functions of a row come from.
         * @enum {string}
         */
        Tools: "stored" | "derive" | "none";
        /** @description What came in since a moment. Requests that still run are not in it. */
        Totals: {
            /**
             * Format: int64
             * @description Tokens of the answers.
             */
            completion_tokens: number;
            /**
             * Format: int64
             * @description Those that failed.
             */
            failed: number;
            /** @description The same hour by hour from that moment on, oldest first, empty hours too. */
            hours: components["schemas"]["HourBucket"][];
            /**
             * Format: int64
             * @description Of the requests that were answered, half took no longer than this.
             */
            p50_ms?: number | null;
            /**
             * Format: int64
             * @description Tokens of the prompts.
             */
            prompt_tokens: number;
            /**
             * Format: int64
             * @description All requests.
             */
            requests: number;
        };
        /** @description A trouble that lasts. Answers go on meanwhile, and what is said waits. */
        Trouble: {
            /** @description What the system said. */
            detail: string;
            /** @description What it is. */
            kind: components["schemas"]["TroubleKind"];
            /**
             * Format: int64
             * @description Since when, in milliseconds of Unix time.
             */
            since_ms: number;
        };
        /**
         * @description What keeps the recorder from its work.
         * @enum {string}
         */
        TroubleKind: "disk_full" | "disk" | "locked" | "database";
        /** @description Something that was said by one of them. */
        Turn: {
            /** @description The speaker's name, where several share a role. */
            name?: string | null;
            /** @description What. Empty for an answer that says nothing. */
            parts: components["schemas"]["ConversationPart"][];
            /** @description Who. */
            role: components["schemas"]["Role"];
            /** @description Whether a trainer learns this turn, if somebody decided that; else models learn the assistant's. */
            train?: boolean | null;
        };
        /**
         * @description What a number counts.
         * @enum {string}
         */
        Unit: "count" | "milliseconds" | "seconds" | "days" | "bytes" | "port";
        /** @description What to change of a provider; what is left out stays. */
        UpstreamChange: {
            /**
             * @description Where it is; empty for the maker of the dialect. Keys that were pasted for another host rest until that is
             *     confirmed for each.
             */
            base_url?: string | null;
            /** @description Whether it is used. */
            enabled?: boolean | null;
            /** @description Models that are not offered. */
            excluded?: string[] | null;
            /**
             * Format: int64
             * @description Most requests that a key answers at once, 0 to 1000; 0 for any number.
             */
            max_at_once?: number | null;
            /** @description The only models that are offered; empty for all. */
            models?: string[] | null;
            /**
             * Format: int64
             * @description Its place, 0 to 1000.
             */
            order?: number | null;
        };
        /** @description What to change of a key. Has no `Debug`: it may hold a key. */
        UpstreamKeyChange: {
            /** @description `true` lets it be sent to the host where the upstream is now. */
            confirm_host?: boolean;
            /** @description Whether it is used for requests. */
            enabled?: boolean | null;
            /** @description Its new name. */
            name?: string | null;
            /**
             * Format: int32
             * @description Keys of a higher priority are asked first, -100 to 100.
             */
            priority?: number | null;
            /**
             * @description The way out for what is asked with it: `system`, `direct` or a proxy, whose name and password are sealed; empty for
             *     that of all.
             */
            proxy?: string | null;
            /** @description Another key in its place. */
            value?: string | null;
            /**
             * Format: int32
             * @description Its share where several could answer, 1 to 100.
             */
            weight?: number | null;
        };
        /** @description A key of a provider. */
        UpstreamKeyView: {
            /** @description The one thing its owner should do next. */
            action?: string | null;
            /**
             * Format: int64
             * @description When it was pasted, in seconds of Unix time.
             */
            added_at?: number | null;
            /**
             * Format: int64
             * @description When it was last checked, in seconds of Unix time.
             */
            checked_at?: number | null;
            /** @description For which models it rests, and until when. */
            cooldowns: components["schemas"]["Cooldown"][];
            /** @description Whether it is used for requests. */
            enabled: boolean;
            /** @description Its edges, such as `AIzaS****f3`. */
            masked: string;
            /** @description What its owner calls it, unique within the upstream. */
            name: string;
            /** @description Where it came from. */
            origin: components["schemas"]["KeyOrigin"];
            /**
             * @description The host that it was pasted for, where the upstream is at another one now: it is not sent there before its owner
             *     confirms that.
             */
            pasted_for?: string | null;
            /**
             * Format: int32
             * @description Keys of a higher priority are asked first, -100 to 100.
             */
            priority: number;
            /**
             * @description The way out for what is asked with it: `system`, `direct` or a proxy, with `****@` where a name and a password belong
             *     to it; that of all without it.
             */
            proxy?: string | null;
            /** @description The same in plain words. */
            says: string;
            /** @description What it can do now. */
            status: components["schemas"]["State"];
            /**
             * Format: int64
             * @description Answers it gave since midnight, local time.
             */
            uses_today: number;
            /**
             * Format: int32
             * @description Its share where several could answer, 1 to 100.
             */
            weight: number;
        };
        /**
         * @description Which dialect a provider speaks.
         * @enum {string}
         */
        UpstreamKind: "gemini" | "openai" | "anthropic";
        /** @description What one upstream offers. */
        UpstreamModels: {
            /** @description Its models, excluded ones included. */
            models: components["schemas"]["ModelView"][];
            /** @description The upstream's name. */
            name: string;
            /** @description Why it offers none, or not all. */
            problem?: string | null;
            /**
             * Format: int64
             * @description When the list was read, in seconds of Unix time.
             */
            read_at?: number | null;
        };
        /** @description What is known of a provider that many use, to begin with. */
        UpstreamTemplate: {
            /** @description Where it is; empty for the maker of the dialect. `RESOURCE` stands for what only its owner knows. */
            base_url: string;
            /** @description How its keys begin, where they all begin alike. */
            key_begins?: string | null;
            /** @description The page where keys are made. */
            key_page?: string | null;
            /** @description Which dialect it speaks. */
            kind: components["schemas"]["UpstreamKind"];
            /** @description A name for it. */
            name: string;
            /** @description Whether it wants a key. */
            needs_key: boolean;
            /** @description What people call it. */
            title: string;
        };
        /** @description All templates. */
        UpstreamTemplates: {
            /** @description In the order in which to show them. */
            templates: components["schemas"]["UpstreamTemplate"][];
        };
        /** @description A provider. */
        UpstreamView: {
            /** @description The one thing its owner should do next. */
            action?: string | null;
            /** @description Where it is, as its owner wrote it; empty for the maker of the dialect. */
            base_url: string;
            /** @description Whether it is used. */
            enabled: boolean;
            /** @description Models that are not offered. */
            excluded: string[];
            /** @description The host that is asked. */
            host: string;
            /** @description Its keys, in the order of their names. */
            keys: components["schemas"]["UpstreamKeyView"][];
            /** @description Which dialect it speaks. */
            kind: components["schemas"]["UpstreamKind"];
            /**
             * Format: int64
             * @description Most requests that a key answers at once; 0 for any number.
             */
            max_at_once: number;
            /**
             * Format: int64
             * @description How many models it offers, once they were read.
             */
            model_count?: number | null;
            /** @description The only models that are offered; empty for all. */
            models: string[];
            /**
             * Format: int64
             * @description When its models were read, in seconds of Unix time.
             */
            models_read_at?: number | null;
            /** @description What its owner calls it: the part of a model's name before the `/`. */
            name: string;
            /**
             * Format: int64
             * @description Upstreams with a smaller number are asked first. AI Studio has 100 and comes first among equals.
             */
            order: number;
            /** @description Why it cannot be asked now, in plain words. */
            problem?: string | null;
        };
        /** @description All of them. */
        UpstreamsView: {
            /** @description In the order in which they are asked for a model that several have. */
            upstreams: components["schemas"]["UpstreamView"][];
        };
        /** @description The vault, without anything secret. */
        VaultView: {
            /** @description Whether somebody outside gives the key, so that it can be neither shown nor exchanged here. */
            given: boolean;
            place?: components["schemas"]["KeyPlace"] | null;
            /**
             * Format: int64
             * @description When the recovery key was shown, in seconds of Unix time; it is shown once.
             */
            recovery_shown_at?: number | null;
            /**
             * Format: int64
             * @description How many secrets are kept, all generations counted.
             */
            secrets: number;
            /**
             * Format: int64
             * @description Since when this key is there, in seconds of Unix time.
             */
            since?: number | null;
            /**
             * Format: int64
             * @description How many of them were sealed with a key that is not here, or are damaged.
             */
            unreadable: number;
            warning?: components["schemas"]["VaultWarning"] | null;
        };
        /** @description What is not as it should be about a master key. */
        VaultWarning: {
            /** @enum {string} */
            kind: "given_unusable";
            /** @description What is wrong with it. */
            why: string;
        } | {
            /** @enum {string} */
            kind: "in_file";
            /** @description Why it is not in the keyring, where that is known. */
            why?: string | null;
        } | {
            /** @enum {string} */
            kind: "keyring_away";
            /** @description What the keyring says. */
            why: string;
        };
        /**
         * @description How a name is read.
         * @enum {string}
         */
        Via: "exact" | "alias" | "prefixed" | "models_prefix" | "fallbacks";
        /**
         * @description How the console is reached.
         * @enum {string}
         */
        VisitorKind: "window" | "browser";
        /** @description A file that was written. */
        Written: {
            /**
             * Format: int64
             * @description How large it is.
             */
            bytes: number;
            /** @description Its place in the folder, with slashes. */
            name: string;
            /** @description SHA-256, in hexadecimal. */
            sha256: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDetail"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is in use. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountChange"];
            };
        };
        responses: {
            /** @description The account now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another account has this name, or it is in use. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    checkAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is being checked. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be checked now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    exportAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountExport"];
            };
        };
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The passphrase is missing or too short. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The account is in use, or nobody is signed in. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Its browser cannot be read now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    hideBrowser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    resetCooldowns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CooldownReset"];
            };
        };
        responses: {
            /** @description The account now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    showBrowser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its window is there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The account is answering a request. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is no screen, or the browser does not start. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getClients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The clients. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    applyClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Which client. */
                id: components["schemas"]["ClientId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientApply"];
            };
        };
        responses: {
            /** @description Written. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientApplied"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such client. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file changed meanwhile, or cannot be read. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    previewClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Which client. */
                id: components["schemas"]["ClientId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientChoice"];
            };
        };
        responses: {
            /** @description The difference. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientPreview"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such client. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file changed meanwhile, or cannot be read. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    restoreClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Which client. */
                id: components["schemas"]["ClientId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Put back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientApplied"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such client. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file changed meanwhile, or cannot be read. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    testConnection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectTest"];
            };
        };
        responses: {
            /** @description What became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectResult"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeConversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationChange"];
            };
        };
        responses: {
            /** @description What was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    countConversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Filter"];
            };
        };
        responses: {
            /** @description How many. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationCount"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    deleteConversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationDeletion"];
            };
        };
        responses: {
            /** @description How many are gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationsDeleted"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getExchange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The exchange's number. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The exchange. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such exchange. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getFacets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Filter"];
            };
        };
        responses: {
            /** @description The facets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facet"][];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getChanges: {
        parameters: {
            query?: {
                /** @description Those of this conversation only. */
                thread?: number;
                /** @description Those before this one. */
                before?: number;
                /** @description Most; 50 without it, 500 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRow"][];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The hash of its bytes, in hexadecimal. */
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such file. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removePair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The pair's number. */
                pair: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getQueries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"][];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    saveQuery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewQuery"];
            };
        };
        responses: {
            /** @description It is kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeQuery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The query's id. */
                query: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    rederiveConversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much there is to do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationsRederived"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    redoChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was made again; null when there is nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] | null;
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    searchConversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationSearch"];
            };
        };
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    undoChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was taken back; null when there is nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] | null;
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getConversation: {
        parameters: {
            query?: {
                /** @description What was searched for: where it stands is told. */
                text?: string;
            };
            header?: never;
            path: {
                /** @description The conversation's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conversation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    editConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The conversation's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Conversation"];
            };
        };
        responses: {
            /** @description It is kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    uneditConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The conversation's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    addPair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The conversation's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPair"];
            };
        };
        responses: {
            /** @description It is kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    tryRedaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The conversation's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedactionTrial"];
            };
        };
        responses: {
            /** @description What would be left. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redacted"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    makeBundle: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bundle"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getBundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bundle's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A zip file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such bundle. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    runDoctor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Findings"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getEnrolments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The enrolments, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getEnrolmentChoices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The browsers of this machine, and more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentChoices"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be found out now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    importAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportStart"];
            };
        };
        responses: {
            /** @description They have begun; events tell how they go on. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentsView"];
                };
            };
            /** @description No consent, or nothing that could be a file. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The files are too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    beginSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInStart"];
            };
        };
        responses: {
            /** @description It has begun; events tell how it goes on. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentView"];
                };
            };
            /** @description No consent, or a name that cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account, or no such browser. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The name is taken, or the account is being signed in. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Nobody can sign in on this machine. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    cancelEnrolment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The enrolment. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such enrolment. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replaceByEnrolment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The enrolment. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The enrolment now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such enrolment. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is no duplicate, or the account is in use. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    retryEnrolment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The enrolment. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The enrolment now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such enrolment. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Nothing of it has failed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    finishSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The enrolment. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The enrolment now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such enrolment. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It does not wait for a person. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, as long as the caller stays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getExports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The exports. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    startExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportStart"];
            };
        };
        responses: {
            /** @description It runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is something of this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    previewExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Spec"];
            };
        };
        responses: {
            /** @description What it would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    cancelExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The export's number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It ends. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such export runs. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getExportFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The export's number. */
                id: number;
                /** @description The file's name, as the export tells it. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such file. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    addKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyAdd"];
            };
        };
        responses: {
            /** @description Added. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySecret"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another key has this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeKeyByText: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyText"];
            };
        };
        responses: {
            /** @description Removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRemoved"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    importKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyFile"];
            };
        };
        responses: {
            /** @description What became of its lines. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    testKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyText"];
            };
        };
        responses: {
            /** @description Whether it does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyTested"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRemoved"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyPatch"];
            };
        };
        responses: {
            /** @description The key now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Another key has this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRotate"];
            };
        };
        responses: {
            /** @description The key with its new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySecret"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getLogs: {
        parameters: {
            query?: {
                /** @description This level and worse; all without it. */
                level?: components["schemas"]["LogLevel"];
                /** @description Lines that hold this text, in any case of letters. */
                search?: string;
                /** @description Lines after this one. */
                after?: number;
                /** @description Most lines, the newest ones; 500 without it, 2000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    setAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alias. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasTarget"];
            };
        };
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A flag or the environment decides this setting. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alias. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such alias. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A flag or the environment decides this setting. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    setExclusion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Exclusion"];
            };
        };
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A flag or the environment decides this setting. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be changed now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    setFallbacks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FallbackTargets"];
            };
        };
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file was changed by another program. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeFallbacks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file was changed by another program. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    refreshModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description An upstream could not tell its models. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    resolveModel: {
        parameters: {
            query: {
                /** @description What a client would write in `model`. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The way to the model, or what is in it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resolution"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    testNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkTest"];
            };
        };
        responses: {
            /** @description What was found, also when nobody was reached. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkReport"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: {
                /** @description Midnight of the caller's day, in seconds of Unix time; of UTC's day without it. */
                day_start?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The first page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is known now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    checkPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's name. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageReport"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is switched off, or with a person. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Its page cannot be opened now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    chat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A body of OpenAI's chat completions. */
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description The answer, whole or as a stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/event-stream": string;
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What the public door answered, as OpenAI's error object. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    getProxy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The domains. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProxyView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    allowDomain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DomainAllow"];
            };
        };
        responses: {
            /** @description The domains now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProxyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The configuration file was changed meanwhile. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    forbidDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain as it is listed. */
                domain: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The domains now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProxyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is not let through. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The configuration file was changed meanwhile. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getQueue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getRecording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeRecording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordingChange"];
            };
        };
        responses: {
            /** @description How it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    forgetRecorded: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The conversations cannot be opened. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getRequests: {
        parameters: {
            query?: {
                /** @description The `next` of the page before, for older ones. */
                before?: string;
                /** @description Most rows; 100 without it, 500 at most. */
                limit?: number;
                /** @description What became of them. */
                outcome?: components["schemas"]["Outcome"];
                /** @description The status they were answered with. */
                status?: number;
                /** @description The kind of that status. */
                class?: "success" | "client_error" | "server_error";
                /** @description The model asked for. */
                model?: string;
                /** @description The caller's key, by its id. */
                key?: number;
                /** @description The account that answered. */
                account?: string;
                /** @description Who was to answer. */
                upstream?: string;
                /** @description A text in id, path, models, account, the key's name, code or error; case is all one for ASCII. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    clearRequests: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Emptied. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestDetail"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such request. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    cancelRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such request runs or waits. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getRequestAsCurl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such request, or its body is no longer in memory. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerStatus"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    restartServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerStatus"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be done in the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be done now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    startServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerStatus"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be done in the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be done now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    stopServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerStatus"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be done in the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be done now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is at the console. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The password or the link is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Too many tries. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OtherSessions"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsEnded"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
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
            /** @description Set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The present password is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Too many tries. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsChange"];
            };
        };
        responses: {
            /** @description The settings now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A flag or the environment decides this setting. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The first steps. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupChange"];
            };
        };
        responses: {
            /** @description The first steps now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getStorage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By kind. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be measured now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    clearStorage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClearStorage"];
            };
        };
        responses: {
            /** @description What takes space now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be cleared, or not now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be cleared now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getUpstreams: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The upstreams. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamsView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    addUpstream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUpstream"];
            };
        };
        responses: {
            /** @description The new upstream. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is one of this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The key cannot be sealed now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getUpstreamTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Providers that many use. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamTemplates"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    tryUpstreamKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyTrial"];
            };
        };
        responses: {
            /** @description What the provider said. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyTrialOutcome"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeUpstream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such upstream. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file was changed by another program. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeUpstream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpstreamChange"];
            };
        };
        responses: {
            /** @description The upstream now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such upstream. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The file was changed by another program. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    addUpstreamKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUpstreamKey"];
            };
        };
        responses: {
            /** @description The key, masked. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamKeyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such upstream. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description There is one of this name, or the same key. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be sealed now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    removeUpstreamKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
                /** @description The key's name. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is not one of those that were pasted. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    changeUpstreamKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
                /** @description The key's name. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpstreamKeyChange"];
            };
        };
        responses: {
            /** @description The key now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamKeyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The name is taken, or the key is not one of those that were pasted. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be sealed or opened now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    checkUpstreamKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
                /** @description The key's name. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is now; `says` tells what happened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamKeyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It is switched off, or not to be sent to this host. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The provider could not be asked. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    resetUpstreamKeyCooldowns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
                /** @description The key's name. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CooldownReset"];
            };
        };
        responses: {
            /** @description The key now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamKeyView"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getUpstreamModels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models, excluded ones included. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamModels"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such upstream. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    refreshUpstreamModels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upstream's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models, excluded ones included. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamModels"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description No such upstream. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It could not tell its models. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    getVault: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The vault. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VaultView"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It cannot be opened now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    recoverVault: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoveryText"];
            };
        };
        responses: {
            /** @description What opens again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovered"];
                };
            };
            /** @description Something in the request cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Nothing here was lost with this key. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The vault cannot be opened now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    showRecoveryKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, told now and never again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryKey"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description It was shown before, or is not ours to show. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The vault cannot be opened now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    rekeyVault: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new recovery key, told now and never again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryKey"];
                };
            };
            /** @description A login is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Not from here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The key is given from outside. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description A defect of Postern. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description The vault cannot be opened or written now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}

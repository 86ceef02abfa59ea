using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Conversations.Tests.Control;

/// <summary>An account that a caller has made for itself, on /control and on /v1.</summary>
internal sealed class ControlClient : IDisposable
{
    private ControlClient(TestServer server, string accountSid, string authToken) =>
        (Server, AccountSid, AuthToken, Http) = (
            server,
            accountSid,
            authToken,
            Twilio.NewClient(server, accountSid, authToken)
        );

    public TestServer Server { get; }

    public string AccountSid { get; }

    public string AuthToken { get; }

    public HttpClient Http { get; }

    public static async Task<ControlClient> NewAsync(Store store) => await NewAsync(await TestServer.OnAsync(store));

    public static Task<ControlClient> NewAsync(TestServer server) => NewAsync(server, content: null);

    /// <summary>An account whose SIDs follow from a seed.</summary>
    public static Task<ControlClient> SeededAsync(TestServer server, long seed) =>
        NewAsync(server, JsonContent.Create(new JsonObject { ["seed"] = seed }));

    private static async Task<ControlClient> NewAsync(TestServer server, HttpContent? content)
    {
        using HttpClient http = new() { BaseAddress = server.Address };
        using var response = await http.PostAsync("/control/accounts", content);
        var account = (await AnswerOf(response)).Created();
        return new(server, account["sid"], account["auth_token"]);
    }

    /// <summary>The same with credentials that the caller chooses.</summary>
    public static ControlClient Of(TestServer server, string accountSid, string authToken) =>
        new(server, accountSid, authToken);

    public Task<Answer> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    public Task<Answer> DeleteAsync(string path) => SendAsync(new(HttpMethod.Delete, path));

    /// <summary>Sends a form to /v1.</summary>
    public Task<Answer> PostAsync(string path, params (string Name, string Value)[] form) =>
        SendAsync(
            new(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))),
                Headers = { { "X-Twilio-Webhook-Enabled", "true" } },
            }
        );

    /// <summary>Sends JSON to /control.</summary>
    public Task<Answer> PostJsonAsync(string path, JsonNode body) =>
        SendAsync(new(HttpMethod.Post, path) { Content = JsonContent.Create(body) });

    /// <summary>Sends a text as JSON to /control.</summary>
    public Task<Answer> PostTextAsync(string path, string json) =>
        SendAsync(
            new(HttpMethod.Post, path)
            {
                Content = new StringContent(json, new MediaTypeHeaderValue("application/json", "utf-8")),
            }
        );

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Http.SendAsync(request);
            return await AnswerOf(response);
        }
    }

    /// <summary>The friendly names of the account's conversations.</summary>
    public async Task<IEnumerable<string?>> ConversationsAsync() =>
        (await GetAsync("/v1/Conversations")).Ok().Body["conversations"]!
            .AsArray()
            .Select(conversation => (string?)conversation!["friendly_name"]);

    public void Dispose() => Http.Dispose();

    internal static async Task<Answer> AnswerOf(HttpResponseMessage response) =>
        new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers,
            response.Content.Headers
        );
}

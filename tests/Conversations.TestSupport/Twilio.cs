using System.Net.Http.Headers;
using System.Text;

namespace Conversations.TestSupport;

/// <summary>One account of one server, called in one route shape, as a program for Twilio calls it.</summary>
public sealed class Twilio
{
    private Twilio(HttpClient http, TestServer server, string accountSid, Shape shape)
    {
        (Http, Server, AccountSid, ChatServiceSid, Shape) = (http, server, accountSid, $"IS{accountSid[2..]}", shape);
    }

    /// <summary>
    /// A client with the credentials of the account, for requests that the methods below do not cover.
    /// </summary>
    public HttpClient Http { get; }

    public TestServer Server { get; }

    public string AccountSid { get; }

    /// <summary>The account's default chat service, which both shapes use.</summary>
    public string ChatServiceSid { get; }

    public Shape Shape { get; }

    public static async Task<Twilio> NewAccountAsync(Store store, Shape shape = Shape.Default) =>
        await NewAccountAsync(await TestServer.OnAsync(store), shape);

    public static async Task<Twilio> NewAccountAsync(TestServer server, Shape shape = Shape.Default)
    {
        var accountSid = await server.TakeAccountAsync();
        return new(NewClient(server, accountSid, TestServer.TokenOf(accountSid)), server, accountSid, shape);
    }

    public static HttpClient NewClient(TestServer server, string user, string password)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.Address,
            Timeout = TimeSpan.FromMinutes(5),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
        );
        return http;
    }

    /// <summary>An account whose configuration names its senders.</summary>
    public static async Task<Twilio> NewAccountWithSendersAsync(Store store)
    {
        var server = await TestServer.OnAsync(store);
        var accountSid = await server.TakeAccountWithSendersAsync();
        return new(NewClient(server, accountSid, TestServer.TokenOf(accountSid)), server, accountSid, Shape.Default);
    }

    /// <summary>The same account in the other route shape.</summary>
    public Twilio In(Shape shape) => new(Http, Server, AccountSid, shape);

    /// <summary>The same account with the header X-Twilio-Webhook-Enabled, which asks for webhooks.</summary>
    public Twilio WithWebhooks(string header = "true")
    {
        var http = NewClient(Server, AccountSid, TestServer.TokenOf(AccountSid));
        http.DefaultRequestHeaders.Add("X-Twilio-Webhook-Enabled", header);
        return new(http, Server, AccountSid, Shape);
    }

    /// <summary>
    /// The path in this shape: Conversations/CH… becomes /v1/Conversations/CH… or /v1/Services/IS…/Conversations/CH…. A
    /// path that begins with / or http stays.
    /// </summary>
    public string PathOf(string path) =>
        path.StartsWith('/') || path.StartsWith("http", StringComparison.Ordinal) ? path
        : Shape == Shape.Service ? $"/v1/Services/{ChatServiceSid}/{path}"
        : $"/v1/{path}";

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostAsync(string path, params (string Name, string Value)[] form) =>
        SendAsync(
            HttpMethod.Post,
            path,
            new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)))
        );

    /// <summary>
    /// Sends a request. Fails when the server's OpenAPI document does not announce the answer, whatever the test
    /// expects.
    /// </summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, PathOf(path)) { Content = content };
        using var response = await Http.SendAsync(request);
        var answer = new Answer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers,
            response.Content.Headers
        );
        (await Documentation.OfAsync(Server)).Check(method, response.RequestMessage!.RequestUri!, answer);
        return answer;
    }

    /// <summary>Creates a conversation and returns its SID.</summary>
    public async Task<string> NewConversationAsync(params (string Name, string Value)[] form) =>
        (await PostAsync("Conversations", form)).Created()["sid"];

    /// <summary>Creates a chat service and returns its SID.</summary>
    public async Task<string> NewServiceAsync() =>
        (await PostAsync("/v1/Services", ("FriendlyName", "another service"))).Created()["sid"];

    /// <summary>Creates a role in the chat service of this shape and returns its SID.</summary>
    public async Task<string> NewRoleAsync(string type) =>
        (await PostAsync("Roles", ("FriendlyName", type), ("Type", type), ("Permission", "addParticipant"))).Created()[
            "sid"
        ];

    /// <summary>Creates a participant and returns its SID.</summary>
    public async Task<string> NewParticipantAsync(string conversation, params (string Name, string Value)[] form) =>
        (await PostAsync($"Conversations/{conversation}/Participants", form)).Created()["sid"];
}

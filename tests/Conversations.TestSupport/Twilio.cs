using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.TestSupport;

/// <summary>One account of one server, called in one route shape as a program written for Twilio would.</summary>
public sealed class Twilio
{
    private Twilio(HttpClient http, TestServer server, string accountSid, Shape shape)
    {
        (Http, Server, AccountSid, ChatServiceSid, Shape) = (http, server, accountSid, $"IS{accountSid[2..]}", shape);
    }

    /// <summary>Authenticated as the account; for what the methods below don't do.</summary>
    public HttpClient Http { get; }

    public TestServer Server { get; }

    public string AccountSid { get; }

    /// <summary>The account's default chat service, the one of both shapes.</summary>
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

    /// <summary>The same account, whose writes ask for webhooks: with the header X-Twilio-Webhook-Enabled.</summary>
    public Twilio WithWebhooks(string header = "true")
    {
        var http = NewClient(Server, AccountSid, TestServer.TokenOf(AccountSid));
        http.DefaultRequestHeaders.Add("X-Twilio-Webhook-Enabled", header);
        return new(http, Server, AccountSid, Shape);
    }

    /// <summary>The path in this shape: Conversations/CH… is /v1/Conversations/CH… or /v1/Services/IS…/Conversations/CH…. One that begins with / or http stays.</summary>
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

    /// <summary>Fails, whatever the test makes of it, when the server's own document does not announce the answer.</summary>
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

/// <summary>What the server answered.</summary>
public sealed record Answer(
    HttpStatusCode Status,
    string Text,
    HttpResponseHeaders Headers,
    HttpContentHeaders ContentHeaders
)
{
    private JsonNode? body;

    public JsonNode Body => body ??= JsonNode.Parse(Text)!;

    /// <summary>The participant's messaging_binding as it was sent; the word null without one.</summary>
    public string MessagingBinding => Body["messaging_binding"]?.ToJsonString(TwilioJson.Options) ?? "null";

    /// <summary>A member that is text. Fails when it is not there or is something else.</summary>
    public string this[string member] => Body[member]!.GetValue<string>();

    /// <summary>A member that is a date, in UTC.</summary>
    public DateTime Date(string member) => DateTimeOffset.Parse(this[member], CultureInfo.InvariantCulture).UtcDateTime;

    public Answer Created() => Expect(HttpStatusCode.Created);

    public Answer Ok() => Expect(HttpStatusCode.OK);

    public Answer NoContent()
    {
        Assert.Equal("", Text);
        return Expect(HttpStatusCode.NoContent);
    }

    /// <summary>Fails unless the answer is exactly this error: status, and a body of code, message, more_info and status.</summary>
    public void Is(TwilioError error)
    {
        Assert.Equal(
            $$"""{"code":{{error.Code}},"message":{{JsonSerializer.Serialize(error.Message, TwilioJson.Options)}},"more_info":"https://www.twilio.com/docs/errors/{{error.Code}}","status":{{error.Status}}}""",
            Text
        );
        Assert.Equal(error.Status, (int)Status);
        Assert.Equal("application/json", ContentHeaders.ContentType?.ToString());
    }

    /// <summary>As the other, of the entry of <see cref="TwilioErrors"/> with that name: for tables.</summary>
    public void Is(string entry) => Is((TwilioError)typeof(TwilioErrors).GetField(entry)!.GetValue(null)!);

    /// <summary>The body with every SID's digits and every date replaced, for comparing whole bodies.</summary>
    public string Masked => Masks.Mask(Text);

    private Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        return this;
    }
}

extern alias Library;

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Library::Twilio.Clients;
using Library::Twilio.Http;
using HttpClient = System.Net.Http.HttpClient;

namespace Conversations.Tests.Samples;

/// <summary>A new account: Twilio's client for /v1, and calls of /control.</summary>
internal sealed class SampleAccount
{
    private readonly HttpClient control;

    private SampleAccount(TwilioRestClient client, HttpClient control) => (Client, this.control) = (client, control);

    public TwilioRestClient Client { get; }

    public static async Task<SampleAccount> NewAsync(Store store)
    {
        var server = (await TestServer.OnAsync(store)).Address;
        HttpClient control = new() { BaseAddress = new(server, "/control/") };
        var created = await control.PostAsync("accounts", content: null);
        var account = (await created.Content.ReadFromJsonAsync<JsonNode>())!;
        var (sid, token) = ((string)account["sid"]!, (string)account["auth_token"]!);
        control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sid}:{token}"))
        );
        SystemNetHttpClient http = new(new HttpClient(new ToServer(server)));
        return new(new TwilioRestClient(sid, token, httpClient: http), control);
    }

    public Task<JsonNode> GetAsync(string path) => ReadAsync(control.GetAsync(path));

    public Task<JsonNode> PostAsync(string path, object body) => ReadAsync(control.PostAsJsonAsync(path, body));

    private static async Task<JsonNode> ReadAsync(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Twilio's library has no setting for the address of the server.</summary>
    private sealed class ToServer(Uri server) : DelegatingHandler(new HttpClientHandler { AllowAutoRedirect = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            request.RequestUri = new(server, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

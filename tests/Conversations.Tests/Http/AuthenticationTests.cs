using System.Text;
using System.Text.RegularExpressions;
using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

public sealed partial class AuthenticationTests
{
    [Theory, Everywhere]
    public async Task An_API_key_authenticates_its_account(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var (key, secret) = TestServer.ApiKeyOf(twilio.AccountSid);
        using var http = Twilio.NewClient(twilio.Server, key, secret);

        Assert.Contains(
            conversation,
            await http.GetStringAsync(twilio.PathOf("Conversations")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Basic <ACCOUNT:TOKEN>")]
    [InlineData("basic <ACCOUNT:TOKEN>")]
    [InlineData("BASIC  <ACCOUNT:TOKEN> ")]
    public async Task The_scheme_may_have_any_case(string header)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        (await SendAsync(twilio, "GET", "/v1/Conversations", header)).Ok();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic <>")]
    [InlineData("Basic <:>")]
    [InlineData("Basic <ACCOUNT>")]
    [InlineData("Basic <ACCOUNT:>")]
    [InlineData("Basic <ACCOUNT:wrong>")]
    [InlineData("Basic <ACCOUNT:TOKENx>")]
    [InlineData("Basic <ACCOUNT:TOKEN:x>")]
    [InlineData("Basic <ACCOUNT: TOKEN>")]
    [InlineData("Basic <ACCOUNT:TOKEN\n>")]
    [InlineData("Basic <ACCOUNT:TÖKEN>")]
    [InlineData("Basic <ACCOUNT:SECRET>")]
    [InlineData("Basic <account:TOKEN>")]
    [InlineData("Basic <:TOKEN>")]
    [InlineData("Basic <KEY:TOKEN>")]
    [InlineData("Basic <KEY:wrong>")]
    [InlineData("Basic <TOKEN:ACCOUNT>")]
    [InlineData("Basic <ünbekannt:TOKEN>")]
    [InlineData("Basic <ACffffffffffffffffffffffffffffffff:TOKEN>")]
    [InlineData("Basic <SKffffffffffffffffffffffffffffffff:SECRET>")]
    [InlineData("Basic ACCOUNT:TOKEN")]
    [InlineData("Basic <ACCOUNT:TOKEN>!")]
    [InlineData("Basic =<ACCOUNT:TOKEN>")]
    [InlineData("Basic<ACCOUNT:TOKEN>")]
    [InlineData("<ACCOUNT:TOKEN>")]
    [InlineData("Bearer <ACCOUNT:TOKEN>")]
    [InlineData("Digest username=\"ACCOUNT\"")]
    public async Task Anything_but_a_credential_of_an_account_is_refused(string? header)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        AssertRefused(await SendAsync(twilio, "GET", "/v1/Conversations", header));
    }

    [Fact]
    public async Task Credentials_of_two_accounts_do_not_mix()
    {
        var (one, other) = (await Twilio.NewAccountAsync(Store.Sqlite), await Twilio.NewAccountAsync(Store.Sqlite));

        AssertRefused(
            await SendAsync(one, "GET", "/v1/Conversations", $"Basic <ACCOUNT:{TestServer.TokenOf(other.AccountSid)}>")
        );
        AssertRefused(
            await SendAsync(
                one,
                "GET",
                "/v1/Conversations",
                $"Basic <KEY:{TestServer.ApiKeyOf(other.AccountSid).Secret}>"
            )
        );
    }

    [Theory]
    [InlineData("GET", "/v1")]
    [InlineData("GET", "/v1/nope")]
    [InlineData("POST", "/v1/Conversations")]
    [InlineData("PUT", "/v1/Conversations")]
    [InlineData("DELETE", "/v1/Conversations")]
    [InlineData("GET", "/v1/Conversations/%zz")]
    [InlineData("GET", "/V1/Conversations")]
    [InlineData("POST", "/V1/Services")]
    [InlineData("GET", "/V1/nope")]
    [InlineData("GET", "/v%31/Conversations")]
    public async Task Every_path_and_method_under_v1_requires_credentials(string method, string path)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        AssertRefused(await SendAsync(twilio, method, path, header: null));
    }

    [Fact]
    public async Task HEAD_without_credentials_is_refused_without_a_body()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        var answer = await SendAsync(twilio, "HEAD", "/v1/Conversations", header: null);

        Assert.Equal(401, (int)answer.Status);
        Assert.Equal("Basic realm=\"Twilio API\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("", answer.Text);
    }

    [Theory, Everywhere]
    public async Task Resources_of_another_account_are_not_found(Store store, Shape shape)
    {
        var (owner, stranger) = (
            await Twilio.NewAccountAsync(store, shape),
            await Twilio.NewAccountAsync(store, shape)
        );
        var conversation = await owner.NewConversationAsync(("UniqueName", "lobby"));
        var participant = await owner.NewParticipantAsync(conversation, ("Identity", "alice"));

        foreach (
            var parent in new[]
            {
                stranger.PathOf("Conversations"),
                $"/v1/Services/{owner.ChatServiceSid}/Conversations",
            }
        )
        {
            foreach (
                var (method, path) in new[]
                {
                    (HttpMethod.Get, conversation),
                    (HttpMethod.Get, "lobby"),
                    (HttpMethod.Post, conversation),
                    (HttpMethod.Delete, conversation),
                    (HttpMethod.Get, $"{conversation}/Participants"),
                    (HttpMethod.Post, $"{conversation}/Participants"),
                    (HttpMethod.Get, $"{conversation}/Participants/{participant}"),
                    (HttpMethod.Post, $"{conversation}/Participants/{participant}"),
                    (HttpMethod.Delete, $"{conversation}/Participants/{participant}"),
                    (HttpMethod.Get, $"lobby/Participants/alice"),
                }
            )
            {
                (await stranger.SendAsync(method, $"{parent}/{path}")).Is(
                    TwilioErrors.NotFound($"{parent["/v1".Length..]}/{path}")
                );
            }
        }

        (await owner.GetAsync($"Conversations/{conversation}/Participants/{participant}")).Ok();
    }

    private static async Task<Answer> SendAsync(Twilio twilio, string method, string path, string? header)
    {
        var (key, secret) = TestServer.ApiKeyOf(twilio.AccountSid);
        var written = header
            ?.Replace("ACCOUNT", twilio.AccountSid, StringComparison.Ordinal)
            .Replace("account", twilio.AccountSid.ToLowerInvariant(), StringComparison.Ordinal)
            .Replace("TOKEN", TestServer.TokenOf(twilio.AccountSid), StringComparison.Ordinal)
            .Replace("KEY", key, StringComparison.Ordinal)
            .Replace("SECRET", secret, StringComparison.Ordinal);
        string[] line = written is null ? [] : [$"Authorization: {Encoded().Replace(written, Base64)}"];
        return RawHttp.Read(
            await RawHttp.ExchangeAsync(
                twilio.Server.Address,
                RawHttp.Request($"{method} {path} HTTP/1.1", body: null, ["Host: localhost", .. line])
            )
        );
    }

    private static string Base64(Match pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Groups[1].Value));

    private static void AssertRefused(Answer answer)
    {
        answer.Is(TwilioErrors.Authenticate);
        Assert.Equal(
            """
            {"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003",
            "status":401}
            """.ReplaceLineEndings(""),
            answer.Text
        );
        Assert.Equal("Basic realm=\"Twilio API\"", answer.Headers.WwwAuthenticate.ToString());
    }

    // <user:password> is replaced by the base64 of the text in brackets.
    [GeneratedRegex("<([^>]*)>")]
    private static partial Regex Encoded();
}

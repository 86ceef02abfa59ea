using System.Globalization;
using System.Text.RegularExpressions;
using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

public sealed partial class HeaderTests
{
    // Recorded on other v1 subdomains of Twilio. X-Twilio-Webhook-Enabled is added, so that a browser may send it.
    private static readonly Dictionary<string, string> Recorded = new()
    {
        ["Access-Control-Allow-Origin"] = "*",
        ["Access-Control-Allow-Headers"] =
            "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, "
            + "If-Unmodified-Since, Idempotency-Key, X-Twilio-Webhook-Enabled",
        ["Access-Control-Allow-Methods"] = "GET, POST, DELETE, OPTIONS",
        ["Access-Control-Expose-Headers"] = "ETag",
        ["Access-Control-Allow-Credentials"] = "true",
        ["X-Powered-By"] = "AT-5000",
        ["X-Shenanigans"] = "none",
        ["X-Home-Region"] = "us1",
        ["X-API-Domain"] = "conversations.twilio.com",

        // Not Twilio's and harmless: browsers neither guess a content type, nor show an answer in a frame, nor store
        // it.
        ["X-Content-Type-Options"] = "nosniff",
        ["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'",
        ["Cache-Control"] = "no-store",
    };

    // They depend on the connection or the time.
    private static readonly string[] Changing =
    [
        "Date",
        "Transfer-Encoding",
        "Connection",
        "Twilio-Request-Id",
        "Twilio-Request-Duration",
        "Twilio-Concurrent-Requests",
    ];

    [Fact]
    public async Task Every_answer_has_the_headers_recorded_from_Twilio()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        var created = await twilio.PostAsync("Conversations");
        using var stranger = Twilio.NewClient(twilio.Server, "nobody", "");
        Answer[] answers =
        [
            created.Created(),
            await twilio.GetAsync("Conversations"),
            await twilio.GetAsync("Conversations/nope"),
            await twilio.PostAsync($"Conversations/{created["sid"]}/Participants"),
            await twilio.SendAsync(HttpMethod.Put, "Conversations"),
            await twilio.SendAsync(HttpMethod.Head, "Conversations"),
            await twilio.SendAsync(HttpMethod.Options, "Conversations"),
            (await twilio.DeleteAsync($"Conversations/{created["sid"]}")).NoContent(),
            await RawHttp.SendAsync(
                twilio,
                "POST /v1/Conversations",
                body: null,
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: 99999999"
            ),
        ];

        Assert.Equal([201, 200, 404, 400, 405, 200, 204, 204, 413], answers.Select(answer => (int)answer.Status));
        Assert.All(
            answers,
            answer =>
            {
                Assert.Equal(
                    Recorded,
                    answer
                        .Headers.Where(header => Recorded.ContainsKey(header.Key))
                        .ToDictionary(header => header.Key, header => string.Join(", ", header.Value))
                );
                Assert.Matches(RequestId(), Assert.Single(answer.Headers.GetValues("Twilio-Request-Id")));
                Assert.InRange(
                    int.Parse(
                        Assert.Single(answer.Headers.GetValues("Twilio-Concurrent-Requests")),
                        CultureInfo.InvariantCulture
                    ),
                    1,
                    1000
                );
                Assert.Matches(Duration(), Assert.Single(answer.Headers.GetValues("Twilio-Request-Duration")));
                Assert.False(answer.Headers.Contains("Server"));
                Assert.Equal(
                    answer.Status == System.Net.HttpStatusCode.NoContent ? null : "application/json",
                    answer.ContentHeaders.ContentType?.ToString()
                );
            }
        );
        Assert.Equal(
            answers.Length,
            answers.Select(answer => answer.Headers.GetValues("Twilio-Request-Id").Single()).Distinct().Count()
        );
    }

    [Theory]
    [InlineData("/swagger/index.html")]
    [InlineData("/SWAGGER/index.js")]
    [InlineData("/swagger/swagger-ui.css")]
    public async Task Swagger_UI_may_load_its_own_files_and_may_not_be_framed(string path)
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using HttpClient visitor = new() { BaseAddress = server.Address };

        using var response = await visitor.GetAsync(path);

        response.EnsureSuccessStatusCode();
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy")).Split("; ");
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("default-src 'self'", policy);
        Assert.DoesNotContain(
            policy,
            rule =>
                rule.StartsWith("script-src", StringComparison.Ordinal)
                && rule.Contains("unsafe-inline", StringComparison.Ordinal)
        );
        Assert.DoesNotMatch(
            "<script>|<script [^>]*src=\"http|onload=|onclick=",
            path.EndsWith("html", StringComparison.Ordinal) ? await response.Content.ReadAsStringAsync() : ""
        );
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/swagger/index.html")]
    [InlineData("/swagger/v1/swagger.json")]
    [InlineData("/console")]
    [InlineData("/nope")]
    [InlineData("/v1x")]
    public async Task Only_v1_has_the_headers_of_Twilio_and_is_open_to_other_origins(string path)
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        foreach (var method in new[] { "GET", "HEAD", "OPTIONS" })
        {
            var answer = RawHttp.Read(
                await RawHttp.ExchangeAsync(
                    server.Address,
                    RawHttp.Request(
                        $"{method} {path} HTTP/1.1",
                        body: null,
                        ["Host: localhost", "Origin: https://example.com", "Access-Control-Request-Method: POST"]
                    )
                )
            );

            Assert.DoesNotContain(
                answer.Headers,
                header =>
                    header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)
                    || header.Key.StartsWith("Twilio-", StringComparison.OrdinalIgnoreCase)
            );
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains(
                "frame-ancestors 'none'",
                Assert.Single(answer.Headers.GetValues("Content-Security-Policy"))
            );
        }
    }

    [Theory]
    [InlineData("/v1/Conversations", 200)]
    [InlineData("/v1/Conversations/lobby", 200)]
    [InlineData("/v1/Conversations/lobby/Participants?PageSize=2", 200)]
    [InlineData("/v1/Conversations/nope", 404)]
    [InlineData("/v1/nope", 404)]
    [InlineData("/v1/Conversations?PageSize=0", 400)]
    [InlineData("/health/live", 200)]
    [InlineData("/swagger/swagger-ui.css", 200)]
    public async Task HEAD_answers_like_GET_without_the_body(string path, int status)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        await twilio.NewConversationAsync(("UniqueName", "lobby"));

        // Two requests on one connection: a body after the first answer would be read as the head of the second one.
        var authorization = $"Authorization: {twilio.Http.DefaultRequestHeaders.Authorization}";
        var head = $"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n\r\n";
        var get = RawHttp.Request($"GET {path} HTTP/1.1", body: null, ["Host: localhost", authorization]);
        var both = (await RawHttp.ExchangeAsync(twilio.Server.Address, head + get)).Split("\r\n\r\n", 2);
        var (headAnswer, getAnswer) = (RawHttp.Read(both[0] + "\r\n\r\n"), RawHttp.Read(both[1]));

        Assert.Equal(status, (int)headAnswer.Status);
        Assert.Equal(getAnswer.Status, headAnswer.Status);
        Assert.NotEqual("", getAnswer.Text);
        Assert.Equal(Lasting(getAnswer), Lasting(headAnswer));
    }

    [Theory]
    [InlineData("/v1/Conversations")]
    [InlineData("/v1/Conversations/CHnope/Participants/MBnope")]
    [InlineData("/v1/nope")]
    public async Task OPTIONS_answers_a_browser_without_credentials(string path)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        var answer = RawHttp.Read(
            await RawHttp.ExchangeAsync(
                twilio.Server.Address,
                RawHttp.Request(
                    $"OPTIONS {path} HTTP/1.1",
                    body: null,
                    [
                        "Host: localhost",
                        "Origin: https://example.com",
                        "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: authorization",
                    ]
                )
            )
        );

        answer.NoContent();
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains(
            "POST",
            Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Methods")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Authorization",
            Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Headers")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Accept: text/html")]
    [InlineData("Accept: application/xml;q=1, */*;q=0")]
    [InlineData("Accept: rubbish")]
    [InlineData("Accept:")]
    [InlineData("Accept-Charset: iso-8859-1")]
    [InlineData("Accept-Encoding: utf-8")]
    [InlineData("Accept-Encoding: identity;q=0")]
    [InlineData("Accept-Language: xx")]
    [InlineData("X-Twilio-Webhook-Enabled: true")]
    [InlineData("X-Twilio-Webhook-Enabled: TRUE")]
    [InlineData("X-Twilio-Webhook-Enabled: false")]
    [InlineData("X-Twilio-Webhook-Enabled: rubbish")]
    [InlineData("X-Twilio-Webhook-Enabled:")]
    [InlineData("If-None-Match: *")]
    [InlineData("If-Match: \"x\"")]
    [InlineData("Range: bytes=0-1")]
    [InlineData("Expect: rubbish")]
    [InlineData("Content-Type: application/x-www-form-urlencoded")]
    [InlineData("Content-Type: application/x-www-form-urlencoded; charset=UTF-8")]
    [InlineData("Content-Type: rubbish")]
    [InlineData("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0")]
    public async Task No_allowed_request_header_makes_a_request_fail(string header)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        var participant = $"/v1/Conversations/{await twilio.NewConversationAsync()}/Participants";
        var headers = header.Split("\r\n");
        var length = header.Contains("Content-", StringComparison.Ordinal) ? null : "Identity=alice";
        if (length is null)
        {
            await twilio.PostAsync(participant, ("Identity", "alice"));
        }
        else
        {
            (
                await RawHttp.SendAsync(
                    twilio,
                    $"POST {participant}",
                    length,
                    ["Content-Type: application/x-www-form-urlencoded", .. headers]
                )
            ).Created();
        }

        var fetched = (await RawHttp.SendAsync(twilio, $"GET {participant}/alice", body: null, headers)).Ok();
        Assert.Equal("alice", fetched["identity"]);
        Assert.Empty(fetched.ContentHeaders.ContentEncoding);
        (await RawHttp.SendAsync(twilio, $"GET {participant}", body: null, headers)).Ok();
        (await RawHttp.SendAsync(twilio, $"DELETE {participant}/alice", body: null, headers)).NoContent();
        (await RawHttp.SendAsync(twilio, $"GET {participant}/alice", body: null, headers)).Is(
            TwilioErrors.NotFound($"{participant["/v1".Length..]}/alice")
        );
    }

    private static Dictionary<string, string> Lasting(Answer answer) =>
        answer
            .Headers.Concat(answer.ContentHeaders)
            .Where(header => !Changing.Contains(header.Key))
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));

    [GeneratedRegex("^RQ[0-9a-f]{32}$")]
    private static partial Regex RequestId();

    [GeneratedRegex(@"^\d+\.\d{3}$")]
    private static partial Regex Duration();
}

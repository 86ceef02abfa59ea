using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.Control;

/// <summary>
/// The OpenAPI document of /control. It has a generator of its own, because the filters of Twilio's document expect
/// controllers with Twilio's forms. Nothing is made before the first request for the document.
/// </summary>
public sealed class ControlDocument(
    IApiDescriptionGroupCollectionProvider descriptions,
    IWebHostEnvironment environment,
    AccountDirectory accounts
) : IDisposable
{
    public const string Name = "control";

    private const string Description = """
        What a test needs besides Twilio's API. Every operation concerns only the account of its credentials.
        `/swagger/testing.md` explains each with examples.
        """;

    private readonly Lazy<ServiceProvider> services = new(() =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton(descriptions)
            .AddSingleton(environment)
            .AddSingleton(accounts)
            .AddSingleton<ISerializerDataContractResolver>(new JsonSerializerDataContractResolver(TwilioJson.Options))
            .AddSwaggerGen(Configure)
            .BuildServiceProvider()
    );

    /// <param name="pathBase">The prefix of this server's paths.</param>
    public async Task<byte[]> MakeAsync(PathString pathBase)
    {
        using var scope = services.Value.CreateScope();
        var document = await scope
            .ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>()
            .GetSwaggerAsync(Name, host: null, pathBase.HasValue ? pathBase.Value : null);
        MemoryStream json = new();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_0);
        return json.ToArray();
    }

    public void Dispose()
    {
        if (services.IsValueCreated)
        {
            services.Value.Dispose();
        }
    }

    private static void Configure(SwaggerGenOptions options)
    {
        options.SwaggerDoc(
            Name,
            new OpenApiInfo
            {
                Title = "Control",
                Version = "v1",
                Description = Description,
            }
        );
        options.DocInclusionPredicate(
            (_, description) => description.RelativePath!.StartsWith("control/", StringComparison.Ordinal)
        );
        options.SupportNonNullableReferenceTypes();
        options.AddBasicCredentials();
        options.OperationFilter<ControlExamples>();
    }
}

using System.Globalization;
using Conversations.Api.Errors;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Primitives;

namespace Conversations.Api.Wire;

/// <summary>
/// Form and query parameters as Twilio reads them: names are case-sensitive, and a body that is not a form has no
/// parameters. MVC's own value providers, which these replace, ignore case and read <c>A[B]</c> as <c>A.B</c>.
/// </summary>
public sealed class ParametersFactory : IValueProviderFactory
{
    public async Task CreateValueProviderAsync(ValueProviderFactoryContext context)
    {
        var request = context.ActionContext.HttpContext.Request;
        context.ValueProviders.Add(new Parameters(BindingSource.Query, request.Query));
        if (request.HasFormContentType && !HttpMethods.IsGet(request.Method))
        {
            context.ValueProviders.Add(new Parameters(BindingSource.Form, await ReadFormAsync(request)));
        }
    }

    /// <summary>Reads the form once. The time of the request does not run while the client sends it.</summary>
    /// <exception cref="TwilioException">20001: it can't be read.</exception>
    public static async Task<IFormCollection> ReadFormAsync(HttpRequest request)
    {
        var timer = request.HttpContext.Features.Get<RequestTimer>();
        try
        {
            timer?.Stop();
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception)
            when (exception is (IOException and not BadHttpRequestException) or NotSupportedException)
        {
            // Multipart that ends before its boundary; charset=utf-7.
            throw new TwilioException(TwilioErrors.MalformedRequest);
        }
        finally
        {
            timer?.Start();
        }
    }

    private sealed class Parameters(BindingSource source, IEnumerable<KeyValuePair<string, StringValues>> pairs)
        : BindingSourceValueProvider(source)
    {
        private readonly Dictionary<string, StringValues> values = new(pairs, StringComparer.Ordinal);

        public override bool ContainsPrefix(string prefix) =>
            prefix.Length == 0
            || values.ContainsKey(prefix)
            || values.Keys.Any(name => name.StartsWith(prefix + ".", StringComparison.Ordinal));

        public override ValueProviderResult GetValue(string key) =>
            values.TryGetValue(key, out var value)
                ? new ValueProviderResult(value, CultureInfo.InvariantCulture)
                : ValueProviderResult.None;
    }
}

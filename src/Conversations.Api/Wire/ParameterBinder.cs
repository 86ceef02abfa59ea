using Conversations.Api.Errors;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Conversations.Api.Wire;

/// <summary>
/// Binds the last value of a parameter that is given twice (Java sends PageSize twice), and all values of a list. An
/// empty parameter is not absent. MVC's binder of lists, which this replaces, also looks for <c>A[0]</c> and fails
/// after 1024 items.
/// </summary>
public sealed class ParameterBinder : IModelBinder, IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.Metadata.ModelType == typeof(string) || IsList(context.Metadata) ? this : null;

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var values = bindingContext.ValueProvider.GetValue(bindingContext.ModelName).Values;
        if (values.Count > 0)
        {
            bindingContext.Result = ModelBindingResult.Success(
                IsList(bindingContext.ModelMetadata) ? values.Select(Checked).ToArray() : Checked(values[^1])
            );
        }

        return Task.CompletedTask;
    }

    private static bool IsList(ModelMetadata metadata) => metadata.ModelType == typeof(IReadOnlyList<string>);

    // PostgreSQL has no NUL in text, and no identity, name or address has one.
    private static string Checked(string? text) =>
        text?.Contains('\0') == true ? throw new TwilioException(TwilioErrors.MalformedRequest) : text ?? "";
}

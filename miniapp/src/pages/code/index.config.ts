export default definePageConfig({
  navigationBarBackgroundColor: '#0b5d57',
  navigationBarTextStyle: 'white',
  backgroundColor: '#0b5d57',
  disableScroll: false,
});
